import Router from '@koa/router'
import { z } from 'zod'
import type { Candidates } from '../../candidates/candidates.ts'
import { personOf, requirePerson } from '../middleware/require-person.ts'
import { seeOther } from '../see-other.ts'
import type { SiteState } from '../site-state.ts'
import { CandidatesPage } from './candidates-page.tsx'
import type { FindObstacle } from './export-obstacle.ts'
import { renderPage } from './render-page.tsx'

export interface CandidatesPageDeps extends Pick<Candidates, 'list'> {
  findObstacle: FindObstacle
}

const PAGE_ROWS = 50

/** What stands in the address; what makes no sense there is left out. */
const Query = z.object({
  q: z.string().trim().max(200).catch(''),
  project: z.string().trim().min(1).max(500).optional().catch(undefined),
  exported: z.enum(['true', 'false']).transform((text) => text === 'true').optional().catch(undefined),
  cursor: z.string().max(200).optional().catch(undefined),
}) // prettier-ignore

/** Where a person lands. */
export function candidatesRouter({ list, findObstacle }: CandidatesPageDeps): Router<SiteState> {
  const router = new Router<SiteState>()
  router.get('/', (ctx) => seeOther(ctx, '/candidates'))
  router.get('/candidates', requirePerson(), async (ctx) => {
    const person = personOf(ctx)
    const { cursor, ...filters } = Query.parse({ ...ctx.query })
    const [candidates, obstacle] = await Promise.all([
      list(person.organization, filters, { limit: PAGE_ROWS, cursor }),
      findObstacle(person),
    ])
    renderPage(ctx, <CandidatesPage candidates={candidates} query={{ ...filters, cursor }} obstacle={obstacle} />)
  })
  return router
}
