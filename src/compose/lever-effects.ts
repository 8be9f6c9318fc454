import { CandidateModel } from '../candidates/candidate-model.ts'
import type { Candidates } from '../candidates/candidates.ts'
import { ConversationModel } from '../conversations/conversation-model.ts'
import type { Conversations } from '../conversations/conversations.ts'
import { hasExportBurst } from '../export/export-burst.ts'
import { ExportModel } from '../export/export-model.ts'
import type { Exports } from '../export/exports.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { OpportunityEffects } from '../mirror/opportunity-run.ts'
import type { WebhookDeps } from '../webhooks/webhook-deps.ts'

export interface MirrorNeighbours {
  mirror: Pick<Mirror, 'opportunityState' | 'noteHistory'>
  candidates: Pick<Candidates, 'applyLeverState' | 'unlinkOpportunity'>
  exports: Pick<Exports, 'noteConfidentiality'>
  conversations: Pick<Conversations, 'opportunityKnown'>
  /** In the order in which they are told. */
  onOpportunityDeleted: readonly ((organization: string, opportunityId: string) => Promise<void>)[]
}

/** The same, with what came of it for who shows it. */
type LeverEffects = OpportunityEffects & WebhookDeps['effects']

const NOBODYS = { isOurs: false, candidates: 0, noted: [] }

/** What follows here from what webhooks and syncs see in Lever. */
export function opportunityEffects({ mirror, candidates, exports, conversations, onOpportunityDeleted }: MirrorNeighbours): LeverEffects {
  return {
    async oursAmong(organization, ids) {
      const [linked, exported, talked] = await Promise.all([
        CandidateModel.distinct('lever.opportunityId', { organization, 'lever.opportunityId': { $in: ids } }),
        ExportModel.distinct('opportunityId', { organization, opportunityId: { $in: ids } }),
        ConversationModel.distinct('opportunityId', { organization, opportunityId: { $in: ids } }),
      ])
      return [...new Set([...linked, ...exported, ...talked])].filter((id) => typeof id === 'string')
    },
    async onRead(organization, opportunity, readAt) {
      await conversations.opportunityKnown(organization, { opportunityId: opportunity.id })
      if (!(await belongsToSomebody(organization, opportunity.id))) return NOBODYS
      const state = await mirror.opportunityState(organization, opportunity)
      const updated = await candidates.applyLeverState(organization, opportunity.id, state)
      await exports.noteConfidentiality(organization, opportunity.id, state.confidential)
      const noted = opportunity.isAnonymized ? [] : await mirror.noteHistory(organization, opportunity, readAt)
      return { isOurs: true, candidates: updated, noted }
    },
    async onDeleted(organization, opportunityId) {
      for (const handler of onOpportunityDeleted) await handler(organization, opportunityId)
      return { unlinked: await candidates.unlinkOpportunity(organization, opportunityId) }
    },
    hasExportBurst,
  }
}

/** Of a candidate that was erased only exports are left: nothing is noted for it any more. */
async function belongsToSomebody(organization: string, opportunityId: string): Promise<boolean> {
  const exported = await ExportModel.distinct('candidate', { organization, opportunityId })
  const ways = [{ 'lever.opportunityId': opportunityId }, { _id: { $in: exported } }]
  return (await CandidateModel.exists({ organization, $or: ways })) !== null
}
