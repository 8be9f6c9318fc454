import { OpportunityHistoryModel } from './opportunity-history-model.ts'

/** Drops what happened to these opportunities. @returns how many entries */
export async function forgetHistory(organization: string, opportunityIds: readonly string[]): Promise<number> {
  const gone = await OpportunityHistoryModel.deleteMany({ organization, opportunityId: { $in: [...opportunityIds] } })
  return gone.deletedCount
}
