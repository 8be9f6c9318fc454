import type { AnyBulkWriteOperation, Types } from 'mongoose'
import { areDuplicateKeys } from '../../duplicate-key.ts'
import { DUE_NOW, NEVER } from '../../work/work-fields.ts'
import { findBatch, viewOf } from './batch-view.ts'
import { CANCEL, type ChangeDeps } from '../request/change-export.ts'
import { ExportBatchModel, type ExportBatchDocument } from './export-batch-model.ts'
import { BULK_LANE, ExportModel } from '../export-model.ts'
import { reopenStages } from '../request/reopen-export.ts'

export const BATCH_CHANGES = ['pause', 'resume', 'cancel', 'retry'] as const
export type BatchChange = (typeof BATCH_CHANGES)[number]

const REOPENED_AT_ONCE = 500
/** After this time, another process settles what a stopped process left unsettled. */
const ABANDONED_AFTER_MS = 30_000

/**
 * Changes a batch as a person asked: `pause`, `resume` and `cancel` apply to its queued exports, `retry` to its failed ones. Running
 * exports continue. May be repeated; does nothing if there is nothing to change.
 * @throws ServiceError `not_found`
 */
export async function changeBatch(
  wish: { organization: string; id: string; change: BatchChange; actor: string },
  deps: ChangeDeps,
): Promise<void> {
  const { organization, id, change, actor } = wish
  const batch = await findBatch(organization, id)
  await CHANGES[change](batch, deps)
  await deps.audit({ organization, actor, action: `export_batch.${PAST[change]}`, subject: `export_batch:${id}` })
  deps.wake()
}

const PAST: Record<BatchChange, string> = { pause: 'paused', resume: 'resumed', cancel: 'canceled', retry: 'retried' }

const CHANGES: Record<BatchChange, (batch: ExportBatchDocument, deps: ChangeDeps) => Promise<void>> = {
  async pause(batch) {
    if ((await viewOf(batch)).status === 'running') await setPaused(batch, true)
  },
  resume: (batch) => setPaused(batch, false),
  cancel,
  retry,
}

type Batch = Pick<ExportBatchDocument, '_id' | 'organization'>

function only({ _id, organization }: Batch) {
  return { _id, organization }
}

/** Matches the exports of a batch. */
function exportsOf({ _id, organization }: Batch) {
  return { organization, batch: _id }
}

async function setPaused(batch: Batch, isPaused: boolean): Promise<void> {
  await ExportBatchModel.updateOne(only(batch), { $set: { isPaused }, $currentDate: { unsettledSince: true }, $inc: { revision: 1 } })
  await settle(batch)
}

/** Applies the batch's `isPaused` to its queued exports, and again if somebody changed it in the meantime. */
async function settle(batch: Batch): Promise<void> {
  for (;;) {
    const now = await ExportBatchModel.findOne(only(batch)).lean<ExportBatchDocument>()
    if (!now) return
    await (now.isPaused ? holdQueued(batch) : wakeHeld(batch))
    const settled = await ExportBatchModel.updateOne({ ...only(batch), revision: now.revision }, { $set: { unsettledSince: null } })
    if (settled.matchedCount > 0) return
  }
}

/** Includes an export that a worker has claimed but not begun; the worker then finds its fence outdated. */
async function holdQueued(batch: Batch): Promise<void> {
  await ExportModel.updateMany(
    { ...exportsOf(batch), status: 'queued', $or: [{ waitingFor: { $ne: 'paused' } }, { dueAt: { $ne: NEVER } }] },
    { $set: { waitingFor: 'paused', dueAt: NEVER, claim: null, leaseUntil: null }, $inc: { fence: 1 }, $unset: { personLock: 1 } },
  )
}

async function wakeHeld(batch: Batch): Promise<void> {
  await ExportModel.updateMany(
    { ...exportsOf(batch), status: 'queued', waitingFor: 'paused' },
    { $set: { waitingFor: null, dueAt: DUE_NOW, claim: null, leaseUntil: null, tryingSince: null }, $inc: { fence: 1 } },
  )
}

async function cancel(batch: Batch, { observe }: ChangeDeps): Promise<void> {
  const { modifiedCount } = await ExportModel.updateMany({ ...exportsOf(batch), status: 'queued' }, CANCEL)
  for (let canceled = 0; canceled < modifiedCount; canceled += 1) observe?.({ step: 'end', outcome: 'canceled' })
}

/** An export stays failed if another export has taken its target since. */
async function retry(batch: Batch): Promise<void> {
  const { organization } = batch
  const failed = await ExportModel.find({ ...exportsOf(batch), status: 'failed' }, { _id: 1 }).lean<{ _id: Types.ObjectId }[]>()
  for (let from = 0; from < failed.length; from += REOPENED_AT_ONCE) {
    const some = failed.slice(from, from + REOPENED_AT_ONCE)
    const update = reopenStages(BULK_LANE)
    await reopenAll(some.map(({ _id }) => ({ updateOne: { filter: { _id, organization, status: 'failed' }, update } })))
  }
  if (await ExportBatchModel.exists({ ...only(batch), isPaused: true })) await settle(batch)
}

async function reopenAll(updates: AnyBulkWriteOperation[]): Promise<void> {
  try {
    await ExportModel.collection.bulkWrite(updates as never, { ordered: false, writeConcern: { w: 'majority', j: true } })
  } catch (error) {
    if (!areDuplicateKeys(error)) throw error
  }
}

/** Settles batches that stopped processes left half done. For a job; may run twice. */
export async function settleAbandoned(): Promise<void> {
  const abandoned = await ExportBatchModel.find(
    { unsettledSince: { $gt: new Date(0) }, $expr: { $lt: ['$unsettledSince', { $subtract: ['$$NOW', ABANDONED_AFTER_MS] }] } },
    { organization: 1 },
  ).lean<Batch[]>()
  for (const batch of abandoned) await settle(batch)
}
