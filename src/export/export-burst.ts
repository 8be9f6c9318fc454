import { Types, type PipelineStage } from 'mongoose'
import { shareReads } from '../concurrency/share-reads.ts'
import { ExportBatchModel } from './bulk/export-batch-model.ts'
import { ExportModel, type ExportDocument } from './export-model.ts'

/** At this number, waiting exports count as a bulk and no longer as the clicks of a few people. */
export const BURST = 20

/** Stages that find the organization's due exports, at most as many as make a burst. */
export function dueStages(organization: Types.ObjectId): [PipelineStage.Match, PipelineStage.Limit] {
  const due = { status: { $in: ['queued', 'checking'] }, organization, $expr: { $lte: ['$dueAt', '$$NOW'] } }
  return [{ $match: due }, { $limit: BURST }]
}

/** True if so many of the organization's exports are due that each should cost only one request to Lever. */
export async function hasExportBurst(organization: string): Promise<boolean> {
  const due = await ExportModel.aggregate([...dueStages(new Types.ObjectId(organization)), { $project: { _id: 1 } }])
  return due.length >= BURST
}

/** True if the export's batch is as large as a burst. In a smaller one, Lever is asked about each person. */
export async function isInLargeBatch({ organization, batch }: Pick<ExportDocument, 'organization' | 'batch'>): Promise<boolean> {
  return batch ? isLarge(`${organization.toHexString()} ${batch.toHexString()}`) : false
}

const isLarge = shareReads(async (key) => {
  const [organization = '', batch = ''] = key.split(' ')
  return (await ExportBatchModel.exists({ organization, _id: batch, total: { $gte: BURST } })) !== null
})
