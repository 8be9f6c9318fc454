import { Types } from 'mongoose'
import { writeOnce } from '../duplicate-key.ts'
import { keysToRemember } from '../candidates/candidate-keys.ts'
import type { CandidateDocument } from '../candidates/candidate-model.ts'
import { DUE_NOW } from '../work/work-fields.ts'
import { hashKeys } from './erased-people.ts'
import type { ErasureDeps } from './erasure-deps.ts'
import { ErasureModel, type ErasureCause, type ErasureDocument } from './erasure-model.ts'

export interface ErasureWish {
  organization: string
  candidateId: string
  cause: ErasureCause
  actor: string
}

/**
 * Stores an erasure; once durable, it continues until it is complete. Resolves to its id, or null if there is no such
 * candidate and never was one.
 */
export async function beginErasure(deps: ErasureDeps, wish: ErasureWish): Promise<Types.ObjectId | null> {
  const { organization, candidateId } = wish
  const candidate = await deps.candidates.find(organization, candidateId)
  if (candidate) {
    const fields = await erasureOf(deps, wish, candidate)
    await writeOnce(() => ErasureModel.create(fields))
  }
  const erasure = await ErasureModel.findOne({ organization, candidate: candidateId }, { _id: 1 }).lean<ErasureDocument>()
  return erasure?._id ?? null
}

async function erasureOf(deps: ErasureDeps, { organization, cause, actor }: ErasureWish, candidate: CandidateDocument) {
  const { name, emails, phones, links, profileUrl, pastKeys, lever } = candidate
  const hashes = await hashKeys(deps.accounts.hashKeyOf, organization, keysToRemember(candidate))
  const person = {
    name,
    emails,
    phones: phones.map(({ value }) => value),
    links: [...links, ...(profileUrl ? [profileUrl] : [])],
    pastKeys: pastKeys ?? [],
    opportunityIds: lever ? [lever.opportunityId] : [],
    contactIds: lever?.contactId ? [lever.contactId] : [],
  }
  return {
    organization: new Types.ObjectId(organization),
    candidate: candidate._id,
    cause,
    actor,
    status: 'running' as const,
    person,
    hashes,
    dueAt: DUE_NOW,
  }
}
