import Router from '@koa/router'
import { candidateTimeline, type TimelineDeps } from '../../timeline/candidate-timeline.ts'
import { personOf, requirePerson } from '../middleware/require-person.ts'
import type { SiteState } from '../site-state.ts'
import { CandidatePage } from './candidate-page.tsx'
import type { FindObstacle } from './export-obstacle.ts'
import { ownOf } from './export-own.ts'
import { renderPage } from './render-page.tsx'

export interface CandidatePageDeps extends TimelineDeps {
  findObstacle: FindObstacle
}

/** Older ones are in the list of exports. */
const SHOWN_EXPORTS = 50
const SHOWN_EVENTS = 100

/** The page of one candidate; after the routers of `/candidates/export` and `/candidates/import`, whose names are no ids. */
export function candidateRouter({ candidates, exports, mirror, findObstacle }: CandidatePageDeps): Router<SiteState> {
  const router = new Router<SiteState>()
  router.get('/candidates/:id', requirePerson(), async (ctx) => {
    const person = personOf(ctx)
    const { organization } = person
    const candidate = await candidates.get(organization, ctx.params['id'] ?? '')
    const ofCandidate = { candidateId: candidate.id, requestedBy: ownOf(person) }
    const [history, timeline, obstacle] = await Promise.all([
      exports.list(organization, ofCandidate, { limit: SHOWN_EXPORTS }),
      candidateTimeline({ candidates, exports, mirror }, organization, { ...ofCandidate, limit: SHOWN_EVENTS }),
      findObstacle(person),
    ])
    renderPage(ctx, <CandidatePage candidate={candidate} history={history.data} timeline={timeline.data} obstacle={obstacle} />)
  })
  return router
}
