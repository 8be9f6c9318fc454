import type { Types } from 'mongoose'
import { ExportBatchModel } from './export-batch-model.ts'
import { ExportModel, type ExportDocument } from '../export-model.ts'
import { DUE_NOW } from '../../work/work-fields.ts'

/** Those of an organization that a person has paused. */
export async function pausedBatches(organization: string): Promise<Types.ObjectId[]> {
  const paused = await ExportBatchModel.find({ organization, isPaused: true }, { _id: 1 }).lean<{ _id: Types.ObjectId }[]>()
  return paused.map(({ _id }) => _id)
}

export async function isBatchPaused(batch: Types.ObjectId): Promise<boolean> {
  return (await ExportBatchModel.exists({ _id: batch, isPaused: true })) !== null
}

/** An export was held for its batch: wakes it where that was resumed just before, which it may not have noticed. */
export async function wakeIfResumed({ _id, batch }: Pick<ExportDocument, '_id' | 'batch'>): Promise<void> {
  if (!batch || (await isBatchPaused(batch))) return
  await ExportModel.updateOne({ _id, status: 'queued', waitingFor: 'paused' }, { $set: { waitingFor: null, dueAt: DUE_NOW } })
}
