import type { OpportunityState } from '../events/domain-events.ts'
import { isConfidential } from '../accounts/clearance.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import { LeverArchiveReasonModel, LeverStageModel, type LeverArchiveReasonRecord, type LeverStageRecord } from './lever-record-models.ts'

/** The state of an opportunity in words: Lever's texts of stage and archive reason, else what the opportunity itself says, else the id. */
export async function opportunityState(organization: string, opportunity: LeverOpportunity): Promise<OpportunityState> {
  const { id: opportunityId, contact: contactId, url, stage, postingIds: postings, archived, owner, updatedAt } = opportunity
  return {
    opportunityId,
    contactId,
    url,
    stage: { id: stage, text: stage === null ? null : ((await stageText(organization, stage)) ?? opportunity.stageText ?? stage) },
    postings,
    archived: archived && {
      ...archived,
      reasonText: archived.reason === null ? null : ((await archiveReasonText(organization, archived.reason)) ?? archived.reason),
    },
    owner,
    confidential: isConfidential(opportunity),
    updatedAt,
  }
}

/** Null for a stage that the mirror does not know. */
async function stageText(organization: string, leverId: string): Promise<string | null> {
  const stage = await LeverStageModel.findOne({ organization, leverId }).lean<LeverStageRecord>()
  return stage?.text ?? null
}

async function archiveReasonText(organization: string, leverId: string): Promise<string | null> {
  const reason = await LeverArchiveReasonModel.findOne({ organization, leverId }).lean<LeverArchiveReasonRecord>()
  return reason?.text ?? null
}
