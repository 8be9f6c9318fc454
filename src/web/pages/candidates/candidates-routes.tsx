import { z } from 'zod'
import { clearanceOf } from '../../../accounts/clearance.ts'
import type { Candidates } from '../../../candidates/candidates.ts'
import { MOST_IN_BULK } from '../../../export/bulk/request-bulk.ts'
import { parseAddress, parseForm } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { CandidatesFilter } from './candidates-filter.ts'
import { CandidatesPage } from './candidates-page.tsx'
import { NobodyChosenPage } from '../export-dialog/export-frames.tsx'
import type { FindExportBlocker } from '../export-dialog/export-blocker.ts'
import { Ids, ManyIds } from '../export-dialog/export-wish.ts'
import { LONGEST_CURSOR } from '../../../paging.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderPage } from '../kit/render-page.tsx'

export interface CandidatesPageDeps extends Pick<Candidates, 'list' | 'findIds'> {
  findExportBlocker: FindExportBlocker
}

const PAGE_ROWS = 50

const Query = CandidatesFilter.extend({ cursor: z.string().max(LONGEST_CURSOR).optional() })

/**
 * Carries the selection to another page in a browser without scripts: the ids selected on this page (`id`) and on others (`chosen`). An
 * empty cursor means the first page.
 */
const SelectionForm = CandidatesFilter.extend({
  id: Ids.optional(),
  chosen: ManyIds.optional(),
  cursor: z.string().max(LONGEST_CURSOR).transform((cursor) => (cursor === '' ? undefined : cursor)),
}) // prettier-ignore

/** The list of candidates, which is the start page. */
export function candidatesRoutes(deps: CandidatesPageDeps): PageRoute[] {
  return [
    page.get('/', { access: 'public' }, (ctx) => seeOther(ctx, '/candidates')),
    page.get('/candidates', { access: 'sourcer' }, (ctx) => showList(ctx, parseAddress(ctx, Query), new Set(), deps)),
    page.post('/candidates/selection', { access: 'sourcer' }, async (ctx) => {
      const { id = [], chosen = [], ...query } = parseForm(ctx, SelectionForm)
      const all = new Set([...id, ...chosen])
      if (all.size <= MOST_IN_BULK) await showList(ctx, query, all, deps)
      else renderPage(ctx, <NobodyChosenPage why="tooMany" most={MOST_IN_BULK} isDialog={false} />, { status: 422 })
    }),
    // for the script that selects all matching candidates
    page.get('/candidates/ids', { access: 'sourcer' }, async (ctx) => {
      const { sort, ...filters } = parseAddress(ctx, CandidatesFilter)
      const found = await deps.findIds(personOf(ctx).organization, filters, { atMost: MOST_IN_BULK + 1, order: sort })
      ctx.set('Cache-Control', 'no-store')
      ctx.body = { ids: found.slice(0, MOST_IN_BULK), hasMore: found.length > MOST_IN_BULK }
    }),
  ]
}

async function showList(
  ctx: SiteContext,
  { cursor, sort, ...filters }: z.output<typeof Query>,
  chosen: ReadonlySet<string>,
  { list, findExportBlocker }: CandidatesPageDeps,
): Promise<void> {
  const person = personOf(ctx)
  const [candidates, blocker] = await Promise.all([
    list(person.organization, filters, clearanceOf(person), { limit: PAGE_ROWS, cursor, order: sort }),
    findExportBlocker(person),
  ])
  const query = { ...filters, sort, cursor }
  renderPage(ctx, <CandidatesPage candidates={candidates} query={query} blocker={blocker} chosen={chosen} />)
}
