import type { ExportBatchView } from '../../../export/bulk/batch-view.ts'
import { EXPORT_STATUSES } from '../../../export/export-view.ts'
import type { Page } from '../../../paging.ts'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { targetName } from './target-name.ts'
import { exportBatchTexts } from './texts-export-batches.ts'
import { exportWords } from './texts-export-words.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

/** Every bulk export that this person may see, newest first. */
export function ExportBatchesPage({ batches, cursor }: { batches: Page<ExportBatchView>; cursor: string | undefined }) {
  const t = exportBatchTexts(usePage().language)
  return (
    <Layout title={t.listTitle} lead={t.listLead}>
      {batches.data.length === 0 ? (
        <section class="card empty">
          <p>{t.none}</p>
          <a href="/candidates" role="button" class="quiet">
            {t.toCandidates}
          </a>
        </section>
      ) : (
        <section class="card">
          <Table heads={[t.asked, t.status, t.counts, t.target, t.askedBy]} label={t.caption}>
            {batches.data.map((batch) => (
              <BatchRow key={batch.id} batch={batch} />
            ))}
          </Table>
        </section>
      )}
      {cursor === undefined && batches.nextCursor === null ? null : (
        <nav class="pages" aria-label={t.caption}>
          {cursor === undefined ? null : <a href="/exports/batches">{t.newest}</a>}
          {batches.nextCursor === null ? null : <a href={`/exports/batches?cursor=${batches.nextCursor}`}>{t.older}</a>}
        </nav>
      )}
    </Layout>
  )
}

const LOOKS = { running: '', paused: 'warn', finished: 'ok' } as const

function BatchRow({ batch }: { batch: ExportBatchView }) {
  const { language } = usePage()
  const t = exportBatchTexts(language)
  const words = exportWords(language)
  const { id, status, total, target, requestedBy, startedAt } = batch
  const states = { running: t.statusRunning, paused: t.statusPaused, finished: t.statusFinished }
  const counts = EXPORT_STATUSES.filter((one) => batch[one] > 0).map((one) => `${words[one]}: ${batch[one]}`)
  return (
    <Row>
      <RowHead>
        <a href={`/exports/batches/${id}`}>{t.candidates(total)}</a>
        <div class="small">
          <TimeAgo at={startedAt} />
        </div>
      </RowHead>
      <Cell head={t.status}>
        <span class={`badge ${LOOKS[status]}`}>{states[status]}</span>
      </Cell>
      <Cell head={t.counts}>{counts.join(' · ')}</Cell>
      <Cell head={t.target}>{targetName(target, words)}</Cell>
      <Cell head={t.askedBy}>{requestedBy}</Cell>
    </Row>
  )
}
