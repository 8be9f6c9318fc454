import type { Model, Types } from 'mongoose'
import { CandidateModel } from '../candidates/candidate-model.ts'
import { ExportBatchModel } from '../export/bulk/export-batch-model.ts'
import { ExportModel } from '../export/export-model.ts'
import { LeverOpportunityModel } from '../mirror/lever-opportunity-model.ts'
import { LeverPostingModel, LeverRequisitionModel } from '../mirror/lever-record-models.ts'

/**
 * Marks exports and candidates whose record in Lever is confidential, as far as the mirror knows, if they were
 * written before this was stored. Runs at each start, and changes nothing once all are marked.
 */
export async function markConfidential(): Promise<void> {
  for (const { organization, ids } of await confidentialIn(LeverOpportunityModel)) {
    const ends = [{ opportunityId: { $in: ids } }, { status: 'duplicate' as const, duplicateOf: { $in: ids } }]
    await ExportModel.updateMany({ organization, $or: ends, confidential: { $ne: true } }, { $set: { confidential: true } })
    const linked = { organization, 'lever.opportunityId': { $in: ids }, 'lever.confidential': { $ne: true } }
    await CandidateModel.updateMany(linked, { $set: { 'lever.confidential': true } }, { timestamps: false })
  }
  for (const { organization, ids } of await confidentialIn(LeverPostingModel)) {
    const aimed = { organization, 'posting.postingId': { $in: ids }, 'posting.confidential': { $ne: true } }
    await ExportModel.updateMany(aimed, { $set: { 'posting.confidential': true } })
    await ExportBatchModel.updateMany(aimed, { $set: { 'posting.confidential': true } })
  }
  for (const { organization, ids } of await confidentialIn(LeverRequisitionModel)) {
    const aimed = { organization, 'requisition.requisitionId': { $in: ids }, 'requisition.confidential': { $ne: true } }
    await ExportModel.updateMany(aimed, { $set: { 'requisition.confidential': true } })
  }
}

async function confidentialIn<T>(model: Model<T>): Promise<{ organization: Types.ObjectId; ids: string[] }[]> {
  const grouped = await model.aggregate<{ _id: Types.ObjectId; ids: string[] }>([
    { $match: { confidentiality: 'confidential' } },
    { $group: { _id: '$organization', ids: { $push: '$leverId' } } },
  ])
  return grouped.map(({ _id, ids }) => ({ organization: _id, ids }))
}
