import { Types } from 'mongoose'
import { ExportBatchModel } from './bulk/export-batch-model.ts'
import { ExportModel } from './export-model.ts'

/** From so many on, what waits is a bulk and not a few people's clicks. */
const BURST = 20

/** Whether so many exports of the organization are due that each of them had better cost one request to Lever. */
export async function hasExportBurst(organization: string): Promise<boolean> {
  const due = {
    status: { $in: ['queued', 'checking'] },
    organization: new Types.ObjectId(organization),
    $expr: { $lte: ['$dueAt', '$$NOW'] },
  }
  return (await ExportModel.collection.countDocuments(due, { limit: BURST })) >= BURST
}

/** Whether a batch is so large; of a few people each is asked of Lever. */
export async function isLargeBatch(batch: Types.ObjectId | null | undefined): Promise<boolean> {
  return batch ? (await ExportBatchModel.exists({ _id: batch, total: { $gte: BURST } })) !== null : false
}
