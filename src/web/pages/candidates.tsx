import Router from '@koa/router'
import { z } from 'zod'
import type { Candidates } from '../../candidates/candidates.ts'
import { personOf, requirePerson } from '../middleware/require-person.ts'
import { seeOther } from '../see-other.ts'
import type { SiteState } from '../site-state.ts'
import { CandidatesPage } from './candidates-page.tsx'
import { renderPage } from './render-page.tsx'

const PAGE_ROWS = 50

/** What stands in the address; what makes no sense there is left out. */
const Query = z.object({ q: z.string().trim().max(200).catch(''), cursor: z.string().optional().catch(undefined) }) // prettier-ignore

/** Where a person lands. */
export function candidatesRouter({ list }: Pick<Candidates, 'list'>): Router<SiteState> {
  const router = new Router<SiteState>()
  router.get('/', (ctx) => seeOther(ctx, '/candidates'))
  router.get('/candidates', requirePerson(), async (ctx) => {
    const { q, cursor } = Query.parse(ctx.query)
    const candidates = await list(personOf(ctx).organization, { q }, { limit: PAGE_ROWS, cursor })
    renderPage(ctx, <CandidatesPage candidates={candidates} q={q} />)
  })
  return router
}
