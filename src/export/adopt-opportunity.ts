import type { LeverOpportunity } from '../lever/opportunities.ts'
import { ExportModel, type ExportDocument, type ExportState } from './export-model.ts'

/** An export that no worker holds has succeeded after all: its opportunity was found. Does nothing when it has moved on from `status`. */
export async function adoptOpportunity(document: ExportDocument, status: ExportState, opportunity: LeverOpportunity): Promise<void> {
  await ExportModel.updateOne(
    { _id: document._id, status },
    {
      $set: {
        status: 'exported',
        waitingFor: null,
        error: null,
        intent: null,
        opportunityId: opportunity.id,
        madeOpportunityId: opportunity.id,
        contactId: opportunity.contact,
        url: opportunity.url,
        stage: opportunity.stage ? { id: opportunity.stage, text: opportunity.stageText } : null,
      },
      $unset: { personLock: 1 },
      $currentDate: { finishedAt: true },
      $inc: { fence: 1 },
    },
  )
}
