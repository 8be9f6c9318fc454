import { isValidObjectId } from 'mongoose'
import { keyedHash } from '../secrets/opaque-token.ts'
import { ErasureModel } from './erasure-model.ts'

type HashKeyOf = (organization: string) => Promise<Buffer>

/** Keyed hashes of e-mails and links in the form in which they are compared, each with what it stands for. */
export async function hashKeys(hashKeyOf: HashKeyOf, organization: string, keys: readonly string[]): Promise<Map<string, string>> {
  const hashKey = await hashKeyOf(organization)
  return new Map(keys.map((key) => [keyedHash(hashKey, key), key]))
}

/** Those of the keys that belong to somebody who was erased and not entered again. */
export async function erasedAmong(hashKeyOf: HashKeyOf, organization: string, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const byHash = await hashKeys(hashKeyOf, organization, keys)
  const found = await ErasureModel.distinct('hashes', { organization, hashes: { $in: [...byHash.keys()] } })
  return new Set(found.flatMap((hash) => byHash.get(hash) ?? []))
}

/** Somebody enters these people again: all that they were known by is forgotten, the receipts stay. */
export async function liftErasure(hashKeyOf: HashKeyOf, organization: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const hashes = [...(await hashKeys(hashKeyOf, organization, keys)).keys()]
  await ErasureModel.updateMany({ organization, hashes: { $in: hashes } }, { $set: { hashes: [] } })
}

/** Those of the ids that were candidates whose person was erased. */
export async function erasedCandidatesAmong(organization: string, candidateIds: readonly string[]): Promise<Set<string>> {
  const valid = candidateIds.filter((id) => isValidObjectId(id))
  if (valid.length === 0) return new Set()
  return new Set((await ErasureModel.distinct('candidate', { organization, candidate: { $in: valid } })).map(String))
}
