import { CandidateModel } from './candidates/candidate-model.ts'
import type { Candidates } from './candidates/candidates.ts'
import { hasExportBurst } from './export/export-burst.ts'
import { ExportModel } from './export/export-model.ts'
import type { Mirror } from './mirror/mirror.ts'
import type { OpportunityEffects } from './mirror/opportunity-run.ts'

export interface MirrorNeighbours {
  mirror: Pick<Mirror, 'opportunityState'>
  candidates: Pick<Candidates, 'applyLeverState' | 'unlinkOpportunity'>
  /** The same as webhooks tell. */
  onOpportunityDeleted: readonly ((organization: string, opportunityId: string) => Promise<void>)[]
}

/** What follows from what a sync of opportunities sees, as it follows from a webhook. */
export function opportunityEffects({ mirror, candidates, onOpportunityDeleted }: MirrorNeighbours): OpportunityEffects {
  return {
    async oursAmong(organization, ids) {
      const [linked, exported] = await Promise.all([
        CandidateModel.distinct('lever.opportunityId', { organization, 'lever.opportunityId': { $in: ids } }),
        ExportModel.distinct('opportunityId', { organization, opportunityId: { $in: ids } }),
      ])
      return [...new Set([...linked, ...exported])].filter((id) => typeof id === 'string')
    },
    async onRead(organization, opportunity) {
      await candidates.applyLeverState(organization, opportunity.id, await mirror.opportunityState(organization, opportunity))
    },
    async onDeleted(organization, opportunityId) {
      for (const handler of onOpportunityDeleted) await handler(organization, opportunityId)
      await candidates.unlinkOpportunity(organization, opportunityId)
    },
    hasExportBurst,
  }
}
