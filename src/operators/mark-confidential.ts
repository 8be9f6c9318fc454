import type { Collection, Document, Filter } from 'mongodb'
import type { Model, Types } from 'mongoose'
import { CandidateModel } from '../candidates/candidate-model.ts'
import { ExportBatchModel } from '../export/bulk/export-batch-model.ts'
import { ExportModel } from '../export/export-model.ts'
import { LeverOpportunityModel } from '../mirror/lever-opportunity-model.ts'
import { LeverPostingModel, LeverRequisitionModel } from '../mirror/lever-record-models.ts'
import { updateEach, type StepContext } from '../schema/schema-step.ts'

/**
 * Marks exports and candidates whose record in Lever is confidential, as far as the mirror knows, if they were
 * written before this was stored. May be repeated, and changes nothing once all are marked.
 */
export async function markConfidential(context: StepContext): Promise<void> {
  const mark = (model: { collection: Collection }, filter: Filter<Document>, field: string): Promise<void> =>
    updateEach(context, model.collection, { ...filter, [field]: { $ne: true } }, { $set: { [field]: true } })

  for (const { organization, ids } of await confidentialIn(LeverOpportunityModel)) {
    const ends = [{ opportunityId: { $in: ids } }, { status: 'duplicate', duplicateOf: { $in: ids } }]
    await mark(ExportModel, { organization, $or: ends }, 'confidential')
    await mark(CandidateModel, { organization, 'lever.opportunityId': { $in: ids } }, 'lever.confidential')
  }
  for (const { organization, ids } of await confidentialIn(LeverPostingModel)) {
    const aimed = { organization, 'posting.postingId': { $in: ids } }
    await mark(ExportModel, aimed, 'posting.confidential')
    await mark(ExportBatchModel, aimed, 'posting.confidential')
  }
  for (const { organization, ids } of await confidentialIn(LeverRequisitionModel))
    await mark(ExportModel, { organization, 'requisition.requisitionId': { $in: ids } }, 'requisition.confidential')
}

async function confidentialIn<T>(model: Model<T>): Promise<{ organization: Types.ObjectId; ids: string[] }[]> {
  const grouped = await model.aggregate<{ _id: Types.ObjectId; ids: string[] }>([
    { $match: { confidentiality: 'confidential' } },
    { $group: { _id: '$organization', ids: { $push: '$leverId' } } },
  ])
  return grouped.map(({ _id, ids }) => ({ organization: _id, ids }))
}
