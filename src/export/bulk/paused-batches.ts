import type { Types } from 'mongoose'
import { shareReads } from '../../concurrency/share-reads.ts'
import { ExportBatchModel } from './export-batch-model.ts'
import { ExportModel, type ExportDocument } from '../export-model.ts'
import { DUE_NOW } from '../../work/work-fields.ts'

/** Resolves to the ids of an organization's paused batches. */
export async function pausedBatches(organization: string): Promise<Types.ObjectId[]> {
  const paused = await ExportBatchModel.find({ organization, isPaused: true }, { _id: 1 }).lean<{ _id: Types.ObjectId }[]>()
  return paused.map(({ _id }) => _id)
}

export async function isBatchPaused(batch: Types.ObjectId): Promise<boolean> {
  return isPaused(batch.toHexString())
}

const isPaused = shareReads(async (batch) => (await ExportBatchModel.exists({ _id: batch, isPaused: true })) !== null)

/**
 * Called after an export was held for its batch: wakes it if the batch was resumed just before, because the resuming may have missed it.
 */
export async function wakeIfResumed({ _id, batch }: Pick<ExportDocument, '_id' | 'batch'>): Promise<void> {
  if (!batch || (await isBatchPaused(batch))) return
  await ExportModel.updateOne({ _id, status: 'queued', waitingFor: 'paused' }, { $set: { waitingFor: null, dueAt: DUE_NOW } })
}
