import { isConfidential } from '../accounts/clearance.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import { LeverArchiveReasonModel, LeverStageModel, type LeverArchiveReasonRecord, type LeverStageRecord } from './lever-record-models.ts'

/** How an opportunity stands, as a candidate of ours shows it. */
export interface OpportunityState {
  opportunityId: string
  contactId: string | null
  url: string | null
  stage: { id: string | null; text: string | null }
  postings: string[]
  archived: { reason: string | null; reasonText: string | null; archivedAt: Date | null } | null
  owner: string | null
  confidential: boolean
  updatedAt: Date | null
}

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
