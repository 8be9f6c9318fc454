import { EXPORT_STATUSES, type ExportStatus as Status, type ExportView } from '../../export/export-view.ts'
import type { Page } from '../../paging.ts'
import { exportHeads, ExportRow } from './export-row.tsx'
import { isOpen } from './export-status.tsx'
import { Layout } from './layout.tsx'
import { usePage } from './page-context.ts'
import { Table } from './table.tsx'
import { exportWords } from './texts-export-words.ts'
import { exportsTexts } from './texts-exports.ts'

export interface ExportsPageProps {
  exports: Page<ExportView>
  /** Of the candidates, by id. */
  names: Map<string, string>
  status: Status | undefined
  cursor: string | undefined
}

/** Every export that this person may see, newest first; read anew while one is under way. */
export function ExportsPage({ exports, names, status, cursor }: ExportsPageProps) {
  const { language, caller } = usePage()
  const t = exportsTexts(language)
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
      {exports.data.length === 0 && status === undefined ? null : <StatusFilter status={status} />}
      {exports.data.length === 0 ? <NothingHere status={status} /> : <List exports={exports.data} names={names} />}
      {cursor === undefined && exports.nextCursor === null ? null : (
        <nav class="pages" aria-label={t.caption}>
          {cursor === undefined ? null : <a href={address({ status })}>{t.first}</a>}
          {exports.nextCursor === null ? null : <a href={address({ status, cursor: exports.nextCursor })}>{t.more}</a>}
        </nav>
      )}
    </Layout>
  )
}

function address({ status, cursor }: { status: Status | undefined; cursor?: string }): string {
  const parameters = new URLSearchParams({ ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) }).toString()
  return parameters === '' ? '/exports' : `/exports?${parameters}`
}

function StatusFilter({ status }: { status: Status | undefined }) {
  const { language } = usePage()
  const t = exportsTexts(language)
  const words = exportWords(language)
  return (
    <nav class="tabs" aria-label={t.status}>
      <ul>
        {[undefined, ...EXPORT_STATUSES].map((one) => (
          <li key={one ?? ''}>
            <a href={address({ status: one })} aria-current={one === status ? 'page' : undefined}>
              {one === undefined ? t.everything : words[one]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function NothingHere({ status }: { status: Status | undefined }) {
  const t = exportsTexts(usePage().language)
  const isFiltered = status !== undefined
  return (
    <section class="card empty">
      <p>{isFiltered ? t.noneSo : t.none}</p>
      <a href={isFiltered ? '/exports' : '/candidates'} role="button" class="quiet">
        {isFiltered ? t.showAll : t.toCandidates}
      </a>
    </section>
  )
}

/** Asks for itself anew while something in it is under way. */
function List({ exports, names }: { exports: ExportView[]; names: Map<string, string> }) {
  const { language, here } = usePage()
  const t = exportsTexts(language)
  const poll = exports.some(isOpen)
    ? { 'hx-get': here, 'hx-trigger': 'every 3s', 'hx-select': '#exports', 'hx-target': 'this', 'hx-swap': 'outerHTML' }
    : {}
  return (
    <section class="card" id="exports" {...poll}>
      <Table heads={exportHeads(t, true)} label={t.caption}>
        {exports.map((view) => (
          <ExportRow key={view.id} view={view} name={names.get(view.candidateId) ?? null} withCandidate />
        ))}
      </Table>
    </section>
  )
}
