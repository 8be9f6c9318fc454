import { z } from 'zod'
import { clearanceOf } from '../../../accounts/clearance.ts'
import { actorOf } from '../../../accounts/caller.ts'
import type { Candidates } from '../../../candidates/candidates.ts'
import { EXPORT_STATUSES } from '../../../export/export-view.ts'
import type { Exports } from '../../../export/exports.ts'
import { parseAddress, parseForm } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import { sitePathOr } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { actAndSay } from '../kit/act-and-say.ts'
import { ownOf } from './export-own.ts'
import { ExportsPage } from './exports-page.tsx'
import { LONGEST_CURSOR } from '../../../paging.ts'
import { SortByTime } from '../kit/list-order.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderPage } from '../kit/render-page.tsx'
import { exportsTexts } from './texts-exports.ts'

export interface ExportsPageDeps {
  exports: Exports
  candidates: Pick<Candidates, 'findMany'>
}

const PAGE_ROWS = 50

const Query = z.object({
  status: z.enum(['', ...EXPORT_STATUSES]).transform((status) => (status === '' ? undefined : status)).optional(),
  sort: SortByTime,
  cursor: z.string().max(LONGEST_CURSOR).optional(),
}) // prettier-ignore

/** The list of exports, and the actions on one of them. */
export function exportsRoutes({ exports, candidates }: ExportsPageDeps): PageRoute[] {
  return [
    page.get('/exports', { access: 'sourcer' }, async (ctx) => {
      const person = personOf(ctx)
      const { organization } = person
      const clearance = clearanceOf(person)
      const { status, sort, cursor } = parseAddress(ctx, Query)
      const requestedBy = ownOf(person)
      const found = await exports.list(organization, { status, requestedBy }, clearance, { limit: PAGE_ROWS, cursor, order: sort })
      const named = await candidates.findMany(organization, found.data.map(({ candidateId }) => candidateId), clearance) // prettier-ignore
      const names = new Map(named.map(({ id, name }) => [id, name]))
      renderPage(ctx, <ExportsPage exports={found} names={names} query={{ status, sort, cursor }} />)
    }),
    page.post('/exports/:id/retry', { access: 'sourcer' }, (ctx) => change(ctx, exports, 'retry', ctx.params['id'] ?? '')),
    page.post('/exports/:id/cancel', { access: 'sourcer' }, (ctx) => change(ctx, exports, 'cancel', ctx.params['id'] ?? '')),
  ]
}

/** Redirects back to the page with the button. */
async function change(ctx: SiteContext, exports: Exports, verb: 'retry' | 'cancel', id: string): Promise<void> {
  const person = personOf(ctx)
  const t = exportsTexts(ctx.state.language)
  const { next } = parseForm(ctx, z.object({ next: z.string().optional() }))
  await exports.get(person.organization, id, clearanceOf(person), ownOf(person))
  const outcome = { goTo: sitePathOr(next, '/exports'), done: verb === 'retry' ? t.retried : t.canceled }
  await actAndSay(ctx, () => exports[verb](person.organization, id, actorOf(person), clearanceOf(person)), outcome)
}
