import { isValidObjectId, type ClientSession } from 'mongoose'
import type { Entered, ErasedKeys } from '../candidates/erased-people.ts'
import { keyedHash } from '../secrets/opaque-token.ts'
import { ErasureModel, type ErasureDocument } from './erasure-model.ts'

type HashKeyOf = (organization: string) => Promise<Buffer>

export async function hashKeys(hashKeyOf: HashKeyOf, organization: string, keys: readonly string[]): Promise<string[]> {
  const hashKey = await hashKeyOf(organization)
  return [...new Set(keys)].map((key) => keyedHash(hashKey, key))
}

/** Returns all keys of the erased people who have one of these keys and were not entered again. */
export async function erasedAmong(hashKeyOf: HashKeyOf, organization: string, keys: readonly string[]): Promise<ErasedKeys> {
  if (keys.length === 0) return new Set()
  const hashKey = await hashKeyOf(organization)
  const hashes = await hashKeys(hashKeyOf, organization, keys)
  const erasures = await ErasureModel.find({ organization, hashes: { $in: hashes } }, { hashes: 1 }).lean<ErasureDocument[]>()
  const found = new Set(erasures.flatMap((erasure) => erasure.hashes))
  return { size: found.size, has: (key) => found.has(keyedHash(hashKey, key)) }
}

/**
 * Lifts erasures for people who are entered again. If the same person is entered, all hashes of the erasure are
 * deleted and the receipt stays. If only a key is shared, as an email may be, or if a profile contradicts, only that
 * key is no longer refused.
 */
export async function liftErasures(
  hashKeyOf: HashKeyOf,
  organization: string,
  entered: readonly Entered[],
  session: ClientSession,
): Promise<void> {
  const hashKey = await hashKeyOf(organization)
  const people = entered.map((person) => hashed(person, (key) => keyedHash(hashKey, key)))
  const byHash = new Map<string, HashedPerson[]>()
  for (const person of people) for (const hash of person.keys) byHash.set(hash, [...(byHash.get(hash) ?? []), person])
  if (byHash.size === 0) return
  const wanted = { organization, hashes: { $in: [...byHash.keys()] } }
  for (const { _id, hashes } of await ErasureModel.find(wanted, { hashes: 1 }, { session }).lean<ErasureDocument[]>()) {
    const meant = new Set(hashes.flatMap((hash) => byHash.get(hash) ?? []))
    const known = new Set(hashes)
    const isEntered = [...meant].some((person) => isSame(person, known))
    const shared = new Set([...meant].flatMap(({ keys }) => [...keys]))
    await ErasureModel.updateOne(
      { _id, organization },
      { $set: { hashes: isEntered ? [] : hashes.filter((hash) => !shared.has(hash)) } },
      { session },
    )
  }
}

interface HashedPerson {
  keys: string[]
  telling: string[]
  sites: { site: string; profiles: string[] }[]
}

function hashed({ keys, telling, profiles }: Entered, hash: (key: string) => string): HashedPerson {
  const sites = [...profiles].map(([site, there]) => ({ site: hash(site), profiles: there.map(hash) }))
  return { keys: keys.map(hash), telling: telling.map(hash), sites }
}

function isSame({ telling, sites }: HashedPerson, known: ReadonlySet<string>): boolean {
  const contradicts = sites.some(({ site, profiles }) => known.has(site) && !profiles.some((profile) => known.has(profile)))
  return !contradicts && telling.some((key) => known.has(key))
}

/** Returns those of the ids that belonged to candidates whose person was erased. */
export async function erasedCandidatesAmong(organization: string, candidateIds: readonly string[]): Promise<Set<string>> {
  const valid = candidateIds.filter((id) => isValidObjectId(id))
  if (valid.length === 0) return new Set()
  return new Set((await ErasureModel.distinct('candidate', { organization, candidate: { $in: valid } })).map(String))
}
