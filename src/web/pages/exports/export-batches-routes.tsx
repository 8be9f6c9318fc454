import { Readable } from 'node:stream'
import { z } from 'zod'
import { clearanceOf } from '../../../accounts/clearance.ts'
import { actorOf, type PersonCaller } from '../../../accounts/caller.ts'
import type { Candidates } from '../../../candidates/candidates.ts'
import { BATCH_CHANGES, type BatchChange } from '../../../export/bulk/change-batch.ts'
import { EXPORT_STATUSES } from '../../../export/export-view.ts'
import type { Exports } from '../../../export/exports.ts'
import { parseAddress } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { actAndSay } from '../kit/act-and-say.ts'
import { ExportBatchPage } from './export-batch-page.tsx'
import { BatchProgress, fingerprintOf, type BatchShown } from './export-batch-progress.tsx'
import { ExportBatchesPage } from './export-batches-page.tsx'
import { ownOf } from './export-own.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderFragment, renderPage, wantsFragment } from '../kit/render-page.tsx'
import { exportBatchTexts } from './texts-export-batches.ts'

export interface ExportBatchesDeps {
  exports: Exports
  candidates: Pick<Candidates, 'findMany'>
}

const PAGE_LINES = 50
const PAGE_BATCHES = 25

/** The query parameters. `seen` is the fingerprint of what the page already shows. */
const Query = z.object({
  status: z.enum(EXPORT_STATUSES).optional(),
  cursor: z.string().max(200).optional(),
  seen: z.string().max(100).optional(),
})

const SAID: Record<BatchChange, 'paused' | 'resumed' | 'canceled' | 'retried'> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'canceled',
  retry: 'retried',
}

/** Bulk exports: the list, the page of one with a line for each candidate, and its actions. */
export function exportBatchesRoutes(deps: ExportBatchesDeps): PageRoute[] {
  const { exports } = deps
  return [
    page.get('/exports/batches', { access: 'sourcer' }, async (ctx) => {
      const person = personOf(ctx)
      const { cursor } = parseAddress(ctx, Query.pick({ cursor: true }))
      const batches = await exports.listBatches(person.organization, ownOf(person), clearanceOf(person), { limit: PAGE_BATCHES, cursor })
      renderPage(ctx, <ExportBatchesPage batches={batches} cursor={cursor} />)
    }),
    page.get('/exports/batches/:id', { access: 'sourcer' }, (ctx) => show(ctx, ctx.params['id'] ?? '', deps)),
    page.get('/exports/batches/:id/result.csv', { access: 'sourcer' }, async (ctx) => {
      const person = personOf(ctx)
      const id = ctx.params['id'] ?? ''
      ctx.body = Readable.from(await exports.batchResultCsv(person.organization, id, clearanceOf(person), ownOf(person)))
      ctx.type = 'text/csv; charset=utf-8'
      ctx.attachment(`export-${id}.csv`)
    }),
    ...BATCH_CHANGES.map((change) =>
      page.post(`/exports/batches/:id/${change}`, { access: 'sourcer', bare: true }, (ctx) =>
        act(ctx, { id: ctx.params['id'] ?? '', change }, exports),
      ),
    ),
  ]
}

async function show(ctx: SiteContext, id: string, deps: ExportBatchesDeps): Promise<void> {
  const { seen, ...query } = parseAddress(ctx, Query)
  const shown = await read(personOf(ctx), id, query, deps)
  if (!wantsFragment(ctx)) return renderPage(ctx, <ExportBatchPage shown={shown} />)
  if (seen === fingerprintOf(shown) && shown.batch.finishedAt === null) ctx.status = 204
  else renderFragment(ctx, <BatchProgress shown={shown} />)
}

async function read(
  person: PersonCaller,
  id: string,
  { status, cursor }: Pick<BatchShown, 'status' | 'cursor'>,
  { exports, candidates }: ExportBatchesDeps,
): Promise<BatchShown> {
  const { organization } = person
  const clearance = clearanceOf(person)
  const batch = await exports.getBatch(organization, id, clearance, ownOf(person))
  const [lines, rejected] = await Promise.all([
    exports.list(organization, { batchId: id, status }, clearance, { limit: PAGE_LINES, cursor }),
    exports.rejectedRows(organization, id),
  ])
  const told = rejected.slice(0, PAGE_LINES)
  const ids = [...lines.data, ...told].map(({ candidateId }) => candidateId)
  const names = new Map((await candidates.findMany(organization, ids, clearance)).map((candidate) => [candidate.id, candidate.name]))
  return { batch, lines, rejected: told, names, status, cursor }
}

async function act(ctx: SiteContext, { id, change }: { id: string; change: BatchChange }, exports: Exports): Promise<void> {
  const person = personOf(ctx)
  const { organization } = person
  const clearance = clearanceOf(person)
  await exports.getBatch(organization, id, clearance, ownOf(person))
  const outcome = { goTo: `/exports/batches/${id}`, done: exportBatchTexts(ctx.state.language)[SAID[change]] }
  await actAndSay(ctx, () => exports.changeBatch({ organization, id, change, actor: actorOf(person), clearance }), outcome)
}
