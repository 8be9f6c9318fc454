import { coalesceByKey } from '../concurrency/coalesce.ts'
import type { OpportunityState } from '../events/domain-events.ts'
import { isConfidential } from '../accounts/clearance.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import { LeverArchiveReasonModel, LeverStageModel, type LeverArchiveReasonRecord, type LeverStageRecord } from './lever-record-models.ts'

/**
 * Returns the state of an opportunity with names: Lever's names of stage and archive reason, otherwise those in the
 * opportunity itself, otherwise the id.
 */
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

/** Returns null for a stage that the mirror does not know. */
async function stageText(organization: string, leverId: string): Promise<string | null> {
  return (await readStageTexts(organization, leverId)).get(leverId) ?? null
}

const readStageTexts = coalesceByKey<string, Map<string, string | null>>(async (leverIds, organization) => {
  const stages = await LeverStageModel.find({ organization, leverId: { $in: [...new Set(leverIds)] } }).lean<LeverStageRecord[]>()
  return new Map(stages.map(({ leverId, text }) => [leverId, text ?? null]))
})

async function archiveReasonText(organization: string, leverId: string): Promise<string | null> {
  const reason = await LeverArchiveReasonModel.findOne({ organization, leverId }).lean<LeverArchiveReasonRecord>()
  return reason?.text ?? null
}
