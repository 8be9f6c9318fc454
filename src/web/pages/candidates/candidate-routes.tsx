import { clearanceOf } from '../../../accounts/clearance.ts'
import { askerOf } from '../../../conversations/conversation-asker.ts'
import { candidateTimeline, type TimelineDeps } from '../../../timeline/candidate-timeline.ts'
import type { Connections } from '../../../connection/connections.ts'
import type { Conversations } from '../../../conversations/conversations.ts'
import { personOf } from '../../shell/require-person.ts'
import { actAndSay } from '../kit/act-and-say.ts'
import { CandidatePage } from './candidate-page.tsx'
import type { FindExportBlocker } from '../export-dialog/export-blocker.ts'
import { ownOf } from '../exports/export-own.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderPage } from '../kit/render-page.tsx'
import { conversationsTexts } from './texts-conversations.ts'

export interface CandidatePageDeps extends TimelineDeps {
  conversations: Pick<Conversations, 'ofCandidate' | 'writeNow'>
  connections: Pick<Connections, 'get' | 'featureProblem' | 'assertFeature'>
  findExportBlocker: FindExportBlocker
}

/** Older exports are in the list of exports. */
const SHOWN_EXPORTS = 50
const SHOWN_EVENTS = 100

/** The page of one candidate. */
export function candidateRoutes(deps: CandidatePageDeps): PageRoute[] {
  const { candidates, exports, mirror, conversations, connections, findExportBlocker } = deps
  return [
    page.get('/candidates/:id', { access: 'sourcer' }, async (ctx) => {
      const person = personOf(ctx)
      const { organization } = person
      const clearance = clearanceOf(person)
      const candidate = await candidates.get(organization, ctx.params['id'] ?? '', clearance)
      const ofCandidate = { candidateId: candidate.id, requestedBy: ownOf(person) }
      const inLever = { candidateId: candidate.id, opportunityId: candidate.lever?.opportunityId ?? null }
      const [history, timeline, talks, { settings }, notesProblem, blocker] = await Promise.all([
        exports.list(organization, ofCandidate, clearance, { limit: SHOWN_EXPORTS }),
        candidateTimeline({ candidates, exports, mirror }, organization, { ...ofCandidate, clearance, limit: SHOWN_EVENTS }),
        conversations.ofCandidate(organization, inLever, askerOf(person)),
        connections.get(organization),
        connections.featureProblem(organization, 'conversations'),
        findExportBlocker(person),
      ])
      const shown = { candidate, history: history.data, timeline: timeline.data, conversations: talks, notesProblem, blocker }
      renderPage(ctx, <CandidatePage {...shown} timeZone={settings.noteTimeZone} />)
    }),
    page.post('/candidates/:id/conversations/:conversation/note', { access: 'sourcer', bare: true }, async (ctx) => {
      const person = personOf(ctx)
      const { id = '', conversation = '' } = ctx.params
      const { writingSoon: done } = conversationsTexts(ctx.state.language)
      const write = async (): Promise<void> => {
        await connections.assertFeature(person.organization, 'conversations', { toBegin: true })
        await conversations.writeNow(person.organization, conversation, askerOf(person))
      }
      await actAndSay(ctx, write, { goTo: `/candidates/${id}#conversations`, done })
    }),
  ]
}
