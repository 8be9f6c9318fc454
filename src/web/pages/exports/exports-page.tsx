import { EXPORT_STATUSES, type ExportStatus as Status, type ExportView } from '../../../export/export-view.ts'
import type { Page } from '../../../paging.ts'
import { exportHeads, ExportRow } from './export-row.tsx'
import { isOpen } from './export-status.tsx'
import { Layout } from '../site/layout.tsx'
import { BY_TIME, sortHead, sortParameter } from '../kit/list-order.ts'
import { usePage } from '../kit/page-context.ts'
import { Table } from '../kit/table.tsx'
import { exportStatusTexts } from './texts-export-words.ts'
import { exportsTexts } from './texts-exports.ts'

export interface ExportsPageProps {
  exports: Page<ExportView>
  /** Names of the candidates, by id. */
  names: Map<string, string>
  query: ExportsQuery
}

/** The visible part of the list and its order, as kept in the address. */
interface ExportsQuery {
  status: Status | undefined
  sort: 'added' | '-added'
  cursor?: string | undefined
}

/** Every export that this person may see, newest first by default; refreshes while one is in progress. */
export function ExportsPage({ exports, names, query }: ExportsPageProps) {
  const { language, caller } = usePage()
  const t = exportsTexts(language)
  const { status, sort, cursor } = query
  const words = t.pages[sort]
  return (
    <Layout
      title={t.title}
      lead={caller?.role === 'admin' ? t.lead : t.leadOwn}
      actions={
        <a href="/exports/batches" role="button" class="quiet">
          {t.bulk}
        </a>
      }
    >
      {exports.data.length === 0 && status === undefined ? null : <StatusFilter status={status} sort={sort} />}
      {exports.data.length === 0 ? <NothingHere query={query} /> : <List exports={exports.data} names={names} query={query} />}
      {cursor === undefined && exports.nextCursor === null ? null : (
        <nav class="pages" aria-label={words.caption}>
          {cursor === undefined ? null : <a href={address({ status, sort })}>{words.first}</a>}
          {exports.nextCursor === null ? null : <a href={address({ status, sort, cursor: exports.nextCursor })}>{words.more}</a>}
        </nav>
      )}
    </Layout>
  )
}

function address({ status, sort, cursor }: ExportsQuery): string {
  const shown = { ...(status ? { status } : {}), ...sortParameter(sort), ...(cursor ? { cursor } : {}) }
  const parameters = new URLSearchParams(shown).toString()
  return parameters === '' ? '/exports' : `/exports?${parameters}`
}

function StatusFilter({ status, sort }: ExportsQuery) {
  const { language } = usePage()
  const t = exportsTexts(language)
  const words = exportStatusTexts(language).exports
  return (
    <nav class="tabs" aria-label={t.status}>
      <ul>
        {[undefined, ...EXPORT_STATUSES].map((one) => (
          <li key={one ?? ''}>
            <a href={address({ status: one, sort })} aria-current={one === status ? 'page' : undefined}>
              {one === undefined ? t.everything : words[one]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function NothingHere({ query: { status, sort } }: { query: ExportsQuery }) {
  const t = exportsTexts(usePage().language)
  const isFiltered = status !== undefined
  return (
    <section class="card empty">
      <p>{isFiltered ? t.noneSo : t.none}</p>
      <a href={isFiltered ? address({ status: undefined, sort }) : '/candidates'} role="button" class="quiet">
        {isFiltered ? t.showAll : t.toCandidates}
      </a>
    </section>
  )
}

/** Refreshes while an export in it is in progress. */
function List({ exports, names, query }: { exports: ExportView[]; names: Map<string, string>; query: ExportsQuery }) {
  const { language, here } = usePage()
  const t = exportsTexts(language)
  const when = sortHead(t.when, BY_TIME, query.sort, (sort) => address({ ...query, sort, cursor: undefined }))
  const poll = exports.some(isOpen)
    ? { 'hx-get': here, 'hx-trigger': 'every 3s', 'hx-select': '#exports', 'hx-target': 'this', 'hx-swap': 'outerHTML' }
    : {}
  return (
    <section class="card" id="exports" {...poll}>
      <Table heads={exportHeads(t, true, when)} label={t.pages[query.sort].caption}>
        {exports.map((view) => (
          <ExportRow key={view.id} view={view} name={names.get(view.candidateId) ?? null} withCandidate />
        ))}
      </Table>
    </section>
  )
}
