import { isValidObjectId, Types, type ClientSession, type UpdateQuery } from 'mongoose'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { ServiceError } from '../errors.ts'
import type { CandidateInput } from './candidate-input.ts'
import { CandidateModel, type CandidateDocument, type CandidateResume } from './candidate-model.ts'
import { admit, liftingBy, newKeys, type Entering, type ErasedPeople } from './erased-people.ts'
import { IS_TEXT } from './find-by-any.ts'
import { mergeCandidate, type CandidateFields } from './merge-candidate.ts'
import { entryOf, writeEntering, type WatchStages } from './stage-entries.ts'

const TRIES = 10

/**
 * Creates a candidate, or updates the one with the same `externalId`. Two concurrent calls create one candidate.
 * @throws ServiceError `invalid_request` if the result has no name, or neither email nor link; `erased`
 */
export async function saveCandidate(
  organization: string,
  input: CandidateInput,
  entering: Entering,
): Promise<{ candidate: CandidateDocument; created: boolean }> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const known = input.externalId ? await findByExternalId(organization, input.externalId) : null
    const fields = mergeCandidate(known, input)
    await admit(organization, fields, known, entering)
    const how = { watchStages: entering.watchStages, alongside: liftingBy(organization, fields, known, entering) }
    const candidate = known ? await writeIfUnchanged(known, fields, how) : await insertUnlessTaken(organization, fields, how)
    if (candidate) return { candidate, created: known === null }
  }
  throw busy()
}

/**
 * Changes a candidate: values replace, null clears.
 * @throws ServiceError `not_found`, `invalid_request`, `external_id_taken`, `erased`
 */
export async function patchCandidate(
  organization: string,
  id: string,
  input: CandidateInput,
  entering: Entering,
): Promise<CandidateDocument> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const known = await getCandidate(organization, id)
    const fields = mergeCandidate(known, input)
    await admit(organization, fields, known, entering)
    const how = { watchStages: entering.watchStages, alongside: liftingBy(organization, fields, known, entering) }
    const candidate = await writeIfUnchanged(known, fields, how).catch(asTaken)
    if (candidate) return candidate
  }
  throw busy()
}

/**
 * Returns what `saveCandidate` would make of the input, without writing. `id` is null for a new candidate; `erased`
 * is true if it would be refused.
 * @throws ServiceError `invalid_request`
 */
export async function imagineCandidate(
  organization: string,
  input: CandidateInput,
  erased: ErasedPeople,
): Promise<{ id: string | null; candidate: CandidateFields & { resume: CandidateResume | null }; erased: boolean }> {
  const known = input.externalId ? await findByExternalId(organization, input.externalId) : null
  const candidate = mergeCandidate(known, input)
  const refused = await erased.among(organization, newKeys(candidate, known))
  return { id: known?._id.toHexString() ?? null, candidate: { ...candidate, resume: known?.resume ?? null }, erased: refused.size > 0 }
}

export async function findCandidate(organization: string, id: string): Promise<CandidateDocument | null> {
  if (!isValidObjectId(id)) return null
  return (await readCandidates(organization, id)).get(id.toLowerCase()) ?? null
}

const readCandidates = coalesceByKey<string, Map<string, CandidateDocument>>(async (ids, organization) => {
  const found = await CandidateModel.find({ _id: { $in: ids }, organization }).lean<CandidateDocument[]>()
  return new Map(found.map((candidate) => [candidate._id.toHexString(), candidate]))
})

/** @throws ServiceError `not_found` */
export async function getCandidate(organization: string, id: string): Promise<CandidateDocument> {
  const found = await findCandidate(organization, id)
  if (!found) throw new ServiceError('not_found', 'There is no such candidate.')
  return found
}

/** @returns the number removed: 1 or 0 */
export async function forgetCandidate(organization: string, id: string): Promise<number> {
  return (await CandidateModel.deleteOne({ _id: id, organization })).deletedCount
}

/** Returns the update that sets the document to `fields` and unsets those that are undefined. */
export function toUpdate(fields: CandidateFields): UpdateQuery<CandidateDocument> {
  const entries = Object.entries(fields)
  return {
    $set: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    $unset: Object.fromEntries(entries.filter(([, value]) => value === undefined).map(([field]) => [field, 1])),
    $inc: { revision: 1 },
  }
}

async function findByExternalId(organization: string, externalId: string): Promise<CandidateDocument | null> {
  return CandidateModel.findOne({ organization, externalId: { $eq: externalId, ...IS_TEXT } }).lean<CandidateDocument>()
}

interface HowToWrite {
  watchStages: WatchStages
  /** Runs in the transaction of the write. */
  alongside: ((session: ClientSession) => Promise<void>) | undefined
}

/** Returns null if somebody else has changed or removed the candidate since it was read. */
async function writeIfUnchanged(known: CandidateDocument, fields: CandidateFields, how: HowToWrite): Promise<CandidateDocument | null> {
  const unchanged = { _id: known._id, organization: known.organization, revision: known.revision }
  const entry = entryOf(known._id, known, fields)
  return writeEntering({ organization: String(known.organization), entry, ...how }, (session) =>
    CandidateModel.findOneAndUpdate(unchanged, toUpdate(fields), {
      returnDocument: 'after',
      ...(session ? { session } : {}),
    }).lean<CandidateDocument>(),
  )
}

/** Returns null if somebody else has just taken the external id. */
async function insertUnlessTaken(organization: string, fields: CandidateFields, how: HowToWrite): Promise<CandidateDocument | null> {
  const _id = new Types.ObjectId()
  const insert = async (session?: ClientSession): Promise<CandidateDocument> => {
    const created = new CandidateModel({ _id, organization, ...fields })
    await created.save(session ? { session } : {})
    return created.toObject<CandidateDocument>()
  }
  try {
    return await writeEntering({ organization, entry: entryOf(_id, null, fields), ...how }, insert)
  } catch (error) {
    if (isDuplicateKey(error)) return null
    throw error
  }
}

function asTaken(error: unknown): never {
  if (!isDuplicateKey(error)) throw error
  throw new ServiceError('external_id_taken', 'Another candidate already has this externalId.', {
    cause: error,
    errors: [{ path: 'externalId', message: 'belongs to another candidate' }],
  })
}

function busy(): ServiceError {
  return new ServiceError('state_conflict', 'Someone else is changing this candidate right now.', { hint: 'Try again.' })
}
