import { isDeepStrictEqual } from 'node:util'
import type { AnyBulkWriteOperation, Types } from 'mongoose'
import { KEY_VERSION } from '../people/person-keys.ts'
import { candidateKeys } from './candidate-keys.ts'
import { CandidateModel, type CandidateDocument } from './candidate-model.ts'
import { KeyRenewalModel, type KeyRenewalDocument } from './key-renewal-model.ts'
import { SEARCH_VERSION, searchFields } from './search-keys.ts'

const AT_ONCE = 500
/** Versions without search keys have their own document, `candidates`, which they go on using beside this version. */
const [RENEWAL, OLDER] = [{ _id: 'candidates.search' }, { _id: 'candidates' }]
/** Rises with each of the two. */
const VERSION = KEY_VERSION + SEARCH_VERSION
const FIRST_PASS = { version: VERSION, after: null, isDone: false, doneAt: null, isSecondPass: false, isFresh: false }
/** Longer than an upgrade takes, in which processes of two versions run side by side. */
const SECOND_PASS_AFTER_MS = 6 * 3_600_000

/**
 * Recomputes the keys of all stored candidates if an earlier version computed them, and once more hours later,
 * because a process of that version may have written candidates in between. Resumes where it stopped, and may run in
 * several processes at once. Until it is done, candidates are also found by the former forms.
 */
export async function renewCandidateKeys(isStopping: () => boolean): Promise<void> {
  for (let renewal = await begin(); !renewal.isDone && !isStopping();) {
    const batch = await CandidateModel.find(renewal.after ? { _id: { $gt: renewal.after } } : {}, FIELDS)
      .sort({ _id: 1 })
      .limit(AT_ONCE)
      .lean<CandidateDocument[]>()
    const writes = batch.flatMap(renewed)
    if (writes.length > 0) await CandidateModel.bulkWrite(writes, { ordered: false, timestamps: false })
    renewal = await advance(batch.at(-1)?._id ?? null)
  }
}

/**
 * True once every candidate has the search keys of this version: after the second pass, or if no earlier version has used the database.
 * Until then, searches must not rely on them.
 */
export async function hasSearchKeys(): Promise<boolean> {
  const isComplete = { $or: [{ isFresh: true }, { isDone: true, isSecondPass: true }] }
  return (await KeyRenewalModel.exists({ ...RENEWAL, version: VERSION, ...isComplete })) !== null
}

const FIELDS = {
  organization: 1, name: 1, headline: 1, emails: 1, phones: 1, links: 1, tags: 1, profileUrl: 1, emailKeys: 1, linkKeys: 1, searchKeys: 1,
  searchText: 1, wordBeginnings: 1, searchMark: 1, revision: 1,
} as const // prettier-ignore

/** Skips a candidate that cannot be read as one, and one that has changed since it was read, because that change wrote new keys. */
function renewed(candidate: CandidateDocument): AnyBulkWriteOperation<CandidateDocument>[] {
  if (![candidate.emails, candidate.phones, candidate.links, candidate.tags].every(Array.isArray)) return []
  const { _id, organization, revision, emailKeys, linkKeys, searchKeys, searchText, wordBeginnings, searchMark } = candidate
  const keys = { ...candidateKeys(candidate), ...searchFields(candidate) }
  if (isDeepStrictEqual({ emailKeys, linkKeys, searchKeys, searchText, wordBeginnings, searchMark }, keys)) return []
  return [{ updateOne: { filter: { _id, organization, revision }, update: { $set: keys } } }]
}

async function begin(): Promise<KeyRenewalDocument> {
  const outdated = { ...RENEWAL, version: { $lt: VERSION } }
  await KeyRenewalModel.updateOne(outdated, { $set: FIRST_PASS })
  const isLongAgo = { $lte: [{ $ifNull: ['$doneAt', new Date(0)] }, { $subtract: ['$$NOW', SECOND_PASS_AFTER_MS] }] }
  const isDue = { ...RENEWAL, isDone: true, isSecondPass: { $ne: true }, $expr: isLongAgo }
  await KeyRenewalModel.updateOne(isDue, { $set: { after: null, isDone: false, isSecondPass: true } })
  const isNew = (await KeyRenewalModel.exists({ _id: { $in: [RENEWAL._id, OLDER._id] } })) === null
  const isFresh = isNew && !(await CandidateModel.exists({ searchKeys: { $exists: false } }))
  const firstPass = { ...FIRST_PASS, isFresh }
  return KeyRenewalModel.findOneAndUpdate(RENEWAL, { $setOnInsert: firstPass }, { upsert: true, returnDocument: 'after' })
    .orFail()
    .lean<KeyRenewalDocument>()
}

/** `last` is null after the last candidate. */
async function advance(last: Types.ObjectId | null): Promise<KeyRenewalDocument> {
  const update = last ? { $max: { after: last } } : { $set: { isDone: true }, $currentDate: { doneAt: true } }
  return KeyRenewalModel.findOneAndUpdate(RENEWAL, update, { returnDocument: 'after' }).orFail().lean<KeyRenewalDocument>()
}
