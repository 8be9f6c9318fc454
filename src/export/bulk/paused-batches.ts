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

/** True if the export belongs to a batch that is paused. */
export async function isBatchPaused({ organization, batch }: Pick<ExportDocument, 'organization' | 'batch'>): Promise<boolean> {
  return batch ? isPaused(`${organization.toHexString()} ${batch.toHexString()}`) : false
}

const isPaused = shareReads(async (key) => {
  const [organization = '', batch = ''] = key.split(' ')
  return (await ExportBatchModel.exists({ organization, _id: batch, isPaused: true })) !== null
})

/**
 * Called after an export was held for its batch: wakes it if the batch was resumed just before, because the resuming may have missed it.
 */
export async function wakeIfResumed(held: Pick<ExportDocument, '_id' | 'organization' | 'batch'>): Promise<void> {
  if (!held.batch || (await isBatchPaused(held))) return
  const { _id, organization } = held
  await ExportModel.updateOne({ _id, organization, status: 'queued', waitingFor: 'paused' }, { $set: { waitingFor: null, dueAt: DUE_NOW } })
}
