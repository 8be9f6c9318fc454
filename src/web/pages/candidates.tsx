import { z } from 'zod'
import { clearanceOf } from '../../accounts/clearance.ts'
import type { Candidates } from '../../candidates/candidates.ts'
import { MOST_IN_BULK } from '../../export/request-bulk.ts'
import { parseAddress } from '../middleware/page-session.ts'
import { personOf } from '../middleware/require-person.ts'
import { seeOther } from '../see-other.ts'
import { CandidatesFilter, ExactCandidatesFilter } from './candidates-filter.ts'
import { CandidatesPage } from './candidates-page.tsx'
import type { FindObstacle } from './export-obstacle.ts'
import { LONGEST_CURSOR } from './list-order.ts'
import { page, type PageRoute } from './page-route.ts'
import { renderPage } from './render-page.tsx'

export interface CandidatesPageDeps extends Pick<Candidates, 'list' | 'findIds'> {
  findObstacle: FindObstacle
}

const PAGE_ROWS = 50

const Query = CandidatesFilter.extend({ cursor: z.string().max(LONGEST_CURSOR).optional().catch(undefined) })

/** Where a person lands. */
export function candidatesRoutes({ list, findIds, findObstacle }: CandidatesPageDeps): PageRoute[] {
  return [
    page.get('/', { access: 'public' }, (ctx) => seeOther(ctx, '/candidates')),
    page.get('/candidates', { access: 'sourcer' }, async (ctx) => {
      const person = personOf(ctx)
      const { cursor, sort, ...filters } = Query.parse({ ...ctx.query })
      const [candidates, obstacle] = await Promise.all([
        list(person.organization, filters, clearanceOf(person), { limit: PAGE_ROWS, cursor, order: sort }),
        findObstacle(person),
      ])
      renderPage(ctx, <CandidatesPage candidates={candidates} query={{ ...filters, sort, cursor }} obstacle={obstacle} />)
    }),
    // for the script that selects everybody who matches
    page.get('/candidates/ids', { access: 'sourcer' }, async (ctx) => {
      const { sort, ...filters } = parseAddress(ctx, ExactCandidatesFilter)
      const found = await findIds(personOf(ctx).organization, filters, { atMost: MOST_IN_BULK + 1, order: sort })
      ctx.set('Cache-Control', 'no-store')
      ctx.body = { ids: found.slice(0, MOST_IN_BULK), hasMore: found.length > MOST_IN_BULK }
    }),
  ]
}
