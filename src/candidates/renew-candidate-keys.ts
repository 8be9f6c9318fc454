import type { AnyBulkWriteOperation, Types } from 'mongoose'
import { KEY_VERSION } from '../people/person-keys.ts'
import { candidateKeys } from './candidate-keys.ts'
import { CandidateModel, type CandidateDocument } from './candidate-model.ts'
import { KeyRenewalModel, type KeyRenewalDocument } from './key-renewal-model.ts'

const AT_ONCE = 500
const RENEWAL = { _id: 'candidates' }
const FIRST_PASS = { version: KEY_VERSION, after: null, isDone: false, doneAt: null, isSecondPass: false }
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

const FIELDS = { organization: 1, name: 1, emails: 1, links: 1, profileUrl: 1, emailKeys: 1, linkKeys: 1, revision: 1 } as const

/** Skips a candidate that has changed since it was read, because that change wrote new keys. */
function renewed(candidate: CandidateDocument): AnyBulkWriteOperation<CandidateDocument>[] {
  const { _id, organization, revision, emailKeys, linkKeys } = candidate
  const keys = candidateKeys(candidate)
  if (JSON.stringify([emailKeys, linkKeys]) === JSON.stringify([keys.emailKeys, keys.linkKeys])) return []
  return [{ updateOne: { filter: { _id, organization, revision }, update: { $set: keys } } }]
}

async function begin(): Promise<KeyRenewalDocument> {
  const outdated = { ...RENEWAL, version: { $lt: KEY_VERSION } }
  await KeyRenewalModel.updateOne(outdated, { $set: FIRST_PASS })
  const longAgo = new Date(Date.now() - SECOND_PASS_AFTER_MS)
  const isDue = { ...RENEWAL, isDone: true, isSecondPass: { $ne: true }, $or: [{ doneAt: null }, { doneAt: { $lte: longAgo } }] }
  await KeyRenewalModel.updateOne(isDue, { $set: { after: null, isDone: false, isSecondPass: true } })
  return KeyRenewalModel.findOneAndUpdate(RENEWAL, { $setOnInsert: FIRST_PASS }, { upsert: true, returnDocument: 'after' })
    .orFail()
    .lean<KeyRenewalDocument>()
}

/** `last` is null after the last candidate. */
async function advance(last: Types.ObjectId | null): Promise<KeyRenewalDocument> {
  const update = last ? { $max: { after: last } } : { $set: { isDone: true }, $currentDate: { doneAt: true } }
  return KeyRenewalModel.findOneAndUpdate(RENEWAL, update, { returnDocument: 'after' }).orFail().lean<KeyRenewalDocument>()
}
