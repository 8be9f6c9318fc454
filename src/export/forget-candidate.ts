import type { QueryFilter } from 'mongoose'
import { NEVER } from '../work/work-fields.ts'
import { ExportModel, type ExportDocument } from './export-model.ts'
import { NOTE_QUEUED, stopPosting } from './request/stop-posting.ts'

const FORGOTTEN = 'Its details were erased with the candidate.'
const ENDED = ['exported', 'duplicate', 'failed', 'canceled'] as const
/** Matches exports that no worker holds now, by the database's clock. */
const FREE: QueryFilter<ExportDocument> = { $expr: { $lte: [{ $ifNull: ['$leaseUntil', new Date(0)] }, '$$NOW'] } }

/**
 * Forgets the person in the exports of an erased candidate. Queued exports, and notes that are not in progress, are canceled. Exports that
 * have ended keep only ids, states and times. A running export still needs the person, so repeat this until nothing is `underWay`. Nothing
 * new is sent in the meantime, because the candidate no longer exists.
 */
export async function forgetCandidate(
  organization: string,
  candidate: string,
  timeoutMs: number,
): Promise<{ removed: number; underWay: boolean }> {
  const ofCandidate: QueryFilter<ExportDocument> = { organization, candidate }
  await stopPosting(organization, candidate, timeoutMs)
  await endUnreachable(ofCandidate)
  await dropNotes(ofCandidate)
  // read before the cleaning, so that an export that lands later is left for the next pass
  const underWay = await ExportModel.exists({ ...ofCandidate, $or: [{ status: { $nin: ENDED } }, NOTE_QUEUED, { $nor: [FREE] }] })
  const removed = await clean(ofCandidate)
  return { removed, underWay: underWay !== null }
}

/** Ends unclear exports that Fulcrum can no longer look for in Lever, because nobody knows when that will be possible again. */
async function endUnreachable(ofCandidate: QueryFilter<ExportDocument>): Promise<void> {
  const detail = 'The candidate was erased before Fulcrum could check whether Lever has the export.'
  await ExportModel.updateMany(
    { ...ofCandidate, ...FREE, status: 'unclear', waitingFor: 'authorization' },
    {
      $set: { status: 'failed', waitingFor: null, error: { code: 'outcome_unknown', detail }, dueAt: NEVER },
      $currentDate: { finishedAt: true },
      $unset: { openKey: 1 },
      $inc: { fence: 1 },
    },
  )
}

/** A note that was posted without an answer is not looked for, because it is not written again in any case. */
async function dropNotes(ofCandidate: QueryFilter<ExportDocument>): Promise<void> {
  const error = { code: 'erased', detail: 'The candidate was erased before Fulcrum knew whether the note was written.' }
  await ExportModel.updateMany(
    { ...ofCandidate, ...FREE, ...NOTE_QUEUED },
    { $set: { 'note.status': 'failed', 'note.error': error, waitingFor: null, dueAt: NEVER }, $inc: { fence: 1 } },
  )
}

/** Removes the details of failures too, because they are in Lever's words and may quote the person. */
async function clean(ofCandidate: QueryFilter<ExportDocument>): Promise<number> {
  const ended: QueryFilter<ExportDocument> = { ...ofCandidate, ...FREE, status: { $in: ENDED } }
  const { modifiedCount } = await ExportModel.updateMany(ended, {
    $set: { intent: null, 'attempts.$[].detail': null },
    $unset: { personLock: 1, 'note.text': 1 },
  })
  await ExportModel.updateMany({ ...ended, error: { $ne: null } }, { $set: { 'error.detail': FORGOTTEN } })
  await ExportModel.updateMany({ ...ended, 'note.error': { $ne: null } }, { $set: { 'note.error.detail': FORGOTTEN } })
  await ExportModel.updateMany({ ...ended, 'resume.detail': { $ne: null } }, { $set: { 'resume.detail': FORGOTTEN } })
  return modifiedCount
}

/** True if an export of the candidate is in progress. */
export async function hasOpen(organization: string, candidate: string): Promise<boolean> {
  return (await ExportModel.exists({ organization, candidate, status: { $nin: ENDED } })) !== null
}

/**
 * Resolves to the opportunities created by exports that finished after the candidate's erasure was accepted (`since`): their calls were in
 * progress at that time.
 */
export async function madeDuringErasure(organization: string, candidate: string, since: Date): Promise<string[]> {
  const afterTheMark: QueryFilter<ExportDocument> = { erasedAt: { $ne: null }, $expr: { $gte: ['$finishedAt', '$erasedAt'] } }
  const landedLater = [{ finishedAt: { $gte: since } }, afterTheMark]
  const made = await ExportModel.distinct('madeOpportunityId', { organization, candidate, status: 'exported', $or: landedLater })
  return made.filter((id) => typeof id === 'string')
}

/**
 * What a candidate's exports know about it in Lever: the opportunities that they created (`made`) or were linked to, their contacts, and
 * the opportunities that they found there (`found`), which may belong to somebody else.
 */
export interface ExportTraces {
  exportIds: string[]
  made: string[]
  opportunityIds: string[]
  contactIds: string[]
  found: { opportunityIds: string[]; contactIds: string[] }
}

export async function tracesOf(organization: string, candidate: string): Promise<ExportTraces> {
  const fields = { opportunityId: 1, madeOpportunityId: 1, duplicateOf: 1, contactId: 1 }
  const exports = await ExportModel.find({ organization, candidate }, fields).lean<ExportDocument[]>()
  const landed = exports.filter(({ opportunityId }) => opportunityId)
  const others = exports.filter(({ opportunityId }) => !opportunityId)
  return {
    exportIds: exports.map(({ _id }) => String(_id)),
    made: texts(exports.map(({ madeOpportunityId }) => madeOpportunityId)),
    opportunityIds: texts(landed.map(({ opportunityId }) => opportunityId)),
    contactIds: texts(landed.map(({ contactId }) => contactId)),
    found: {
      opportunityIds: texts(exports.map(({ duplicateOf }) => duplicateOf)),
      contactIds: texts(others.map(({ contactId }) => contactId)),
    },
  }
}

function texts(values: (string | null | undefined)[]): string[] {
  return values.filter((value) => typeof value === 'string')
}

/** Resolves to the candidates that were exported or linked to one of these opportunities or contacts in Lever. */
export async function candidatesIn(
  organization: string,
  { opportunityIds, contactIds }: { opportunityIds: string[]; contactIds: string[] },
): Promise<string[]> {
  const inLever = [{ opportunityId: { $in: opportunityIds } }, { contactId: { $in: contactIds } }]
  return (await ExportModel.distinct('candidate', { organization, status: 'exported', $or: inLever })).map(String)
}

/** Resolves to the contact that exports know for an opportunity: one entry, or none. */
export async function contactsOf(organization: string, opportunityId: string): Promise<string[]> {
  const contacts = await ExportModel.distinct('contactId', { organization, opportunityId })
  return contacts.filter((id) => typeof id === 'string')
}
