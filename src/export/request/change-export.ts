import { Types } from 'mongoose'
import { isDuplicateKey } from '../../duplicate-key.ts'
import { ServiceError } from '../../errors.ts'
import { DUE_NOW, NEVER } from '../../work/work-fields.ts'
import { appended } from '../../work/write-step.ts'
import { alreadyExported } from './assess-export.ts'
import { BULK_LANE, ExportModel, openKeyOf, SINGLE_LANE, type ExportDocument } from '../export-model.ts'
import { HELD_BULK_LOOK_MS, HELD_LOOK_MS } from '../run/export-steps.ts'
import { outerStatus } from '../export-view.ts'
import { pausedBatches } from '../bulk/paused-batches.ts'
import { reopenStages } from './reopen-export.ts'
import type { ExportDeps } from '../run/run-export-deps.ts'

export interface ChangeDeps {
  audit: (record: { organization: string; actor: string; action: string; subject: string }) => Promise<void>
  wake: () => void
  observe?: ExportDeps['observe']
}

/** @throws ServiceError not_found; also for another person's export when `requestedBy` is given */
export async function getExport(organization: string, id: string, requestedBy?: string): Promise<ExportDocument> {
  const own = requestedBy === undefined ? {} : { requestedBy }
  const document = Types.ObjectId.isValid(id) ? await ExportModel.findOne({ _id: id, organization, ...own }).lean<ExportDocument>() : null
  if (document) return document
  throw new ServiceError('not_found', 'There is no such export.')
}

/**
 * Tries a failed or canceled export again, or the failed note of an exported one. If Lever may already have the export, Fulcrum looks for
 * it first.
 * @throws ServiceError `not_found`, `not_retryable`, `already_exported`
 */
export async function retryExport(organization: string, id: string, actor: string, deps: ChangeDeps): Promise<ExportDocument> {
  const document = await getExport(organization, id)
  const retried = document.status === 'exported' ? await retryNote(document) : await reopen(document)
  if (!retried) {
    throw new ServiceError('not_retryable', `An export that is ${outerStatus(document.status)} cannot be retried.`, {
      hint: 'You can retry failed and canceled exports, and exports whose note failed.',
    })
  }
  await deps.audit({ organization, actor, action: 'export.retried', subject: `export:${id}` })
  deps.wake()
  return retried
}

function only({ _id, organization }: ExportDocument) {
  return { _id, organization }
}

async function retryNote(document: ExportDocument): Promise<ExportDocument | null> {
  const set = { 'note.status': 'queued', 'note.error': null, 'note.tries': 0, tryingSince: null, openedAt: new Date(), dueAt: DUE_NOW }
  return ExportModel.findOneAndUpdate(
    { ...only(document), status: 'exported', 'note.status': 'failed' },
    { $set: set },
    { returnDocument: 'after' },
  ).lean<ExportDocument>()
}

async function reopen(document: ExportDocument): Promise<ExportDocument | null> {
  try {
    return await ExportModel.findOneAndUpdate({ ...only(document), status: { $in: ['failed', 'canceled'] } }, reopenStages(SINGLE_LANE), {
      returnDocument: 'after',
      updatePipeline: true,
    }).lean<ExportDocument>()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    const openKey = openKeyOf(String(document.candidate), document.posting?.postingId ?? null)
    const open = await ExportModel.findOne({ organization: document.organization, openKey }).lean<ExportDocument>()
    throw alreadyExported(String(open?._id ?? ''))
  }
}

/** Cancels an export that has not begun. @throws ServiceError `not_found`, `not_cancelable` */
export async function cancelExport(organization: string, id: string, actor: string, deps: ChangeDeps): Promise<ExportDocument> {
  const document = await getExport(organization, id)
  const canceled = await ExportModel.findOneAndUpdate({ ...only(document), status: 'queued' }, CANCEL, {
    returnDocument: 'after',
  }).lean<ExportDocument>()
  if (!canceled) {
    throw new ServiceError(
      'not_cancelable',
      `An export that is ${outerStatus((await getExport(organization, id)).status)} cannot be canceled.`,
      {
        hint: 'You can cancel an export only while it is queued.',
      },
    )
  }
  deps.observe?.({ step: 'end', outcome: 'canceled' })
  await deps.audit({ organization, actor, action: 'export.canceled', subject: `export:${id}` })
  return canceled
}

/** Also raises the fence, so that a worker that has just claimed the export finds its fence outdated. */
export const CANCEL = {
  $set: { status: 'canceled', waitingFor: null, dueAt: NEVER, claim: null, leaseUntil: null },
  $currentDate: { finishedAt: true },
  $unset: { openKey: 1, personLock: 1 },
  $inc: { fence: 1 },
} as const

/**
 * Called when the connection ends: cancels every export that has not been sent. A worker that is checking one loses its lease, and so sends
 * nothing. An export that is being checked again after an unclear try is left for a last look. The queued ones come first, each status with
 * its own update: MongoDB reads them in the order of an index over the status, so a single update would miss an export that a worker takes
 * from `queued` to `checking` in between.
 */
export async function cancelUnsent(organization: string): Promise<void> {
  await ExportModel.updateMany({ organization, status: 'queued' }, CANCEL)
  await ExportModel.updateMany(
    { organization, status: 'checking', 'intent.at': { $gt: new Date(0) } },
    { $set: { status: 'unclear', waitingFor: 'settling', dueAt: DUE_NOW, claim: null, leaseUntil: null }, $inc: { fence: 1 } },
  )
  await ExportModel.updateMany({ organization, status: 'checking' }, CANCEL)
}

/** Called when the connection was paused: holds exports that no worker has claimed. A worker holds the ones that it has claimed. */
export async function holdQueued(organization: string): Promise<void> {
  const lookAgainMs = { $cond: [{ $eq: ['$lane', BULK_LANE] }, HELD_BULK_LOOK_MS, HELD_LOOK_MS] }
  await ExportModel.updateMany(
    { organization, status: 'queued', waitingFor: { $ne: 'paused' }, leaseUntil: null },
    [
      {
        $set: {
          waitingFor: 'paused',
          tryingSince: null,
          dueAt: { $add: ['$$NOW', lookAgainMs] },
          ...appended({ step: 'wait', outcome: 'paused' }),
        },
      },
    ],
    { updatePipeline: true },
  )
}

/** Called when the connection can export again: wakes the exports that waited for this, except those of paused batches. */
export async function resumeHeld(organization: string): Promise<void> {
  const paused = await pausedBatches(organization)
  await ExportModel.updateMany(
    {
      organization,
      batch: { $nin: paused },
      $or: [{ waitingFor: { $in: ['authorization', 'paused'] } }, { status: 'exported', 'note.status': 'queued' }],
    },
    { $set: { dueAt: DUE_NOW, tryingSince: null } },
  )
}

/** Called when an opportunity was deleted in Lever: allows the candidate to be exported to that target again. */
export async function freeTargetOf(organization: string, opportunityId: string): Promise<void> {
  await ExportModel.updateMany({ organization, opportunityId, status: 'exported' }, { $unset: { openKey: 1 } })
}

/** Ends the exports of an erased candidate, except those that may already be in Lever. A worker that is checking one loses the lease. */
export async function cancelOfCandidate(organization: string, candidate: string): Promise<void> {
  await ExportModel.updateMany({ organization, candidate, status: { $in: ['queued', 'checking'] } }, CANCEL)
}
