import { Types, type PipelineStage } from 'mongoose'
import { ExportBatchModel } from './bulk/export-batch-model.ts'
import { ExportModel } from './export-model.ts'

/** From so many on, what waits is a bulk and not a few people's clicks. */
export const BURST = 20

/** The exports of the organization that are due, as far as they matter for a burst. */
export function dueStages(organization: Types.ObjectId): [PipelineStage.Match, PipelineStage.Limit] {
  const due = { status: { $in: ['queued', 'checking'] }, organization, $expr: { $lte: ['$dueAt', '$$NOW'] } }
  return [{ $match: due }, { $limit: BURST }]
}

/** Whether so many exports of the organization are due that each of them had better cost one request to Lever. */
export async function hasExportBurst(organization: string): Promise<boolean> {
  const due = await ExportModel.aggregate([...dueStages(new Types.ObjectId(organization)), { $project: { _id: 1 } }])
  return due.length >= BURST
}

/** Whether a batch is so large; of a few people each is asked of Lever. */
export async function isLargeBatch(batch: Types.ObjectId | null | undefined): Promise<boolean> {
  return batch ? (await ExportBatchModel.exists({ _id: batch, total: { $gte: BURST } })) !== null : false
}
