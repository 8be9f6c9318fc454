import type { QueryFilter } from 'mongoose'
import { isOnItsWay } from '../../work/call-on-its-way.ts'
import { NEVER } from '../../work/work-fields.ts'
import { cancelOfCandidate } from './change-export.ts'
import { ExportModel, type ExportDocument } from '../export-model.ts'

export const NOTE_QUEUED: QueryFilter<ExportDocument> = { status: 'exported', 'note.status': 'queued' }

const MAJORITY = { writeConcern: { w: 'majority', j: true } } as const
/** The time when the latest call without a known outcome began; null if there is none. */
const CALL_BEGAN = {
  $cond: [
    { $in: ['$status', ['sending', 'unclear']] },
    { $max: ['$intent.at', '$intent.completingAt'] },
    { $cond: [{ $eq: ['$note.status', 'queued'] }, '$note.intentAt', null] },
  ],
}

/**
 * Stops all posting for an erased candidate, whichever worker holds its exports: each POST follows a step that now fails. An export that
 * has not begun ends at once; the result of a call that has begun is still looked for. Resolves after a majority write; may be repeated.
 * `timeoutMs` is the time limit of a call to Lever.
 */
export async function stopPosting(organization: string, candidate: string, timeoutMs: number): Promise<void> {
  await ExportModel.updateMany({ organization, candidate, erasedAt: null }, { $currentDate: { erasedAt: true } }, MAJORITY)
  await cancelOfCandidate(organization, candidate)
  // a worker that holds one of these loses it, and no other worker claims it before it is canceled
  await ExportModel.updateMany(
    { organization, candidate, ...NOTE_QUEUED, $nor: [hasCallOnItsWay(timeoutMs)] },
    { $set: { dueAt: NEVER, claim: null, leaseUntil: null }, $inc: { fence: 1 } },
  )
}

/** True if a call that began for an erased candidate may still reach Lever. */
export async function isPosting(organization: string, candidate: string, timeoutMs: number): Promise<boolean> {
  return (await ExportModel.exists({ organization, candidate, erasedAt: { $ne: null }, ...hasCallOnItsWay(timeoutMs) })) !== null
}

function hasCallOnItsWay(timeoutMs: number): QueryFilter<ExportDocument> {
  return { $expr: isOnItsWay(CALL_BEGAN, timeoutMs) }
}
