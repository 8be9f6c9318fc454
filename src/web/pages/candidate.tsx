import Router from '@koa/router'
import { candidateTimeline, type TimelineDeps } from '../../timeline/candidate-timeline.ts'
import type { Connections } from '../../connection/connections.ts'
import type { Conversations } from '../../conversations/conversations.ts'
import { personOf, requirePerson } from '../middleware/require-person.ts'
import type { SiteState } from '../site-state.ts'
import { actAndSay } from './act-and-say.ts'
import { CandidatePage } from './candidate-page.tsx'
import type { FindObstacle } from './export-obstacle.ts'
import { ownOf } from './export-own.ts'
import { renderPage } from './render-page.tsx'
import { conversationsTexts } from './texts-conversations.ts'

export interface CandidatePageDeps extends TimelineDeps {
  conversations: Pick<Conversations, 'ofCandidate' | 'writeNow'>
  connections: Pick<Connections, 'get'>
  findObstacle: FindObstacle
}

/** Older ones are in the list of exports. */
const SHOWN_EXPORTS = 50
const SHOWN_EVENTS = 100

/** The page of one candidate; after the routers of `/candidates/export` and `/candidates/import`, whose names are no ids. */
export function candidateRouter(deps: CandidatePageDeps): Router<SiteState> {
  const { candidates, exports, mirror, conversations, connections, findObstacle } = deps
  const router = new Router<SiteState>()
  router.get('/candidates/:id', requirePerson(), async (ctx) => {
    const person = personOf(ctx)
    const { organization } = person
    const candidate = await candidates.get(organization, ctx.params['id'] ?? '')
    const ofCandidate = { candidateId: candidate.id, requestedBy: ownOf(person) }
    const inLever = { candidateId: candidate.id, opportunityId: candidate.lever?.opportunityId ?? null }
    const [history, timeline, talks, { settings }, obstacle] = await Promise.all([
      exports.list(organization, ofCandidate, { limit: SHOWN_EXPORTS }),
      candidateTimeline({ candidates, exports, mirror }, organization, { ...ofCandidate, limit: SHOWN_EVENTS }),
      conversations.ofCandidate(organization, inLever),
      connections.get(organization),
      findObstacle(person),
    ])
    const shown = { candidate, history: history.data, timeline: timeline.data, conversations: talks, obstacle }
    renderPage(ctx, <CandidatePage {...shown} timeZone={settings.noteTimeZone} />)
  })
  router.post('/candidates/:id/conversations/:conversation/note', requirePerson(), async (ctx) => {
    const { id = '', conversation = '' } = ctx.params
    const { writingSoon: done } = conversationsTexts(ctx.state.language)
    await actAndSay(ctx, () => conversations.writeNow(personOf(ctx).organization, conversation), {
      goTo: `/candidates/${id}#conversations`,
      done,
    })
  })
  return router
}
