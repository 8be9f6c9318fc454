import Router from '@koa/router'
import type { Candidates } from '../../candidates/candidates.ts'
import type { Exports } from '../../export/exports.ts'
import { personOf, requirePerson } from '../middleware/require-person.ts'
import type { SiteState } from '../site-state.ts'
import { CandidatePage } from './candidate-page.tsx'
import type { FindObstacle } from './export-obstacle.ts'
import { ownOf } from './export-own.ts'
import { renderPage } from './render-page.tsx'

export interface CandidatePageDeps {
  candidates: Pick<Candidates, 'get'>
  exports: Pick<Exports, 'list'>
  findObstacle: FindObstacle
}

/** Older ones are in the list of exports. */
const SHOWN_EXPORTS = 50

/** The page of one candidate; after the routers of `/candidates/export` and `/candidates/import`, whose names are no ids. */
export function candidateRouter({ candidates, exports, findObstacle }: CandidatePageDeps): Router<SiteState> {
  const router = new Router<SiteState>()
  router.get('/candidates/:id', requirePerson(), async (ctx) => {
    const person = personOf(ctx)
    const candidate = await candidates.get(person.organization, ctx.params['id'] ?? '')
    const [history, obstacle] = await Promise.all([
      exports.list(person.organization, { candidateId: candidate.id, requestedBy: ownOf(person) }, { limit: SHOWN_EXPORTS }),
      findObstacle(person),
    ])
    renderPage(ctx, <CandidatePage candidate={candidate} history={history.data} obstacle={obstacle} />)
  })
  return router
}
