import type { ImportProgress } from '../../../candidates/import-file.ts'
import { ERASED_ROW } from '../../../candidates/import-rows.ts'
import { formatsOf } from '../kit/formats.ts'
import { Fact } from '../kit/fact.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { importTexts } from './texts-import.ts'

/** The progress of an import until the file is read; then its result. */
export function ImportProgressPage({ id, progress }: { id: string; progress: ImportProgress }) {
  const t = importTexts(usePage().language)
  const title = { running: t.runningTitle, finished: t.resultTitle, failed: t.failedTitle }[progress.status]
  return (
    <Layout title={title} width="narrow">
      <ImportProgressPart id={id} progress={progress} />
    </Layout>
  )
}

/** Refreshes until the file is read, then reloads the page, whose title says so. */
export function ImportProgressPart({ id, progress }: { id: string; progress: ImportProgress }) {
  const { language } = usePage()
  const t = importTexts(language)
  const isRunning = progress.status === 'running'
  const rows = progress.created + progress.updated + progress.rejectedCount
  const poll = isRunning
    ? { 'hx-get': `/candidates/imports/${id}`, 'hx-trigger': 'every 1s', 'hx-target': 'this', 'hx-swap': 'outerHTML' }
    : {}
  return (
    <section class="card" id="import" {...poll}>
      {isRunning ? <progress aria-label={t.runningTitle} /> : null}
      {progress.error === null ? null : (
        <div class="notice bad">
          <p>{progress.error.detail}</p>
          <p>{t.whatStands}</p>
        </div>
      )}
      <div role="status">
        {isRunning ? <p>{t.rowsDone(formatsOf(language).number.format(rows))}</p> : null}
        {rows === 0 && progress.status === 'finished' ? <p class="notice warn">{t.noRows}</p> : null}
      </div>
      <Counts counts={progress} />
      <IgnoredColumns names={progress.ignoredColumns} />
      <Warnings warnings={progress.warnings} count={progress.warningCount} />
      <Rejected rejected={progress.rejected} count={progress.rejectedCount} download={`/api/v1/candidate-imports/${id}/rejected.csv`} />
      {isRunning ? (
        <noscript>
          <a href={`/candidates/imports/${id}`}>{t.refresh}</a>
        </noscript>
      ) : (
        <After />
      )}
    </section>
  )
}

function Counts({ counts }: { counts: Pick<ImportProgress, 'created' | 'updated' | 'rejectedCount' | 'warningCount'> }) {
  const { language } = usePage()
  const t = importTexts(language)
  const numbers = formatsOf(language).number
  return (
    <dl class="facts">
      <Fact name={t.created}>{numbers.format(counts.created)}</Fact>
      <Fact name={t.updated}>{numbers.format(counts.updated)}</Fact>
      <Fact name={t.rejected}>{numbers.format(counts.rejectedCount)}</Fact>
      {counts.warningCount > 0 ? <Fact name={t.warned}>{numbers.format(counts.warningCount)}</Fact> : null}
    </dl>
  )
}

function IgnoredColumns({ names }: { names: readonly string[] }) {
  const t = importTexts(usePage().language)
  if (names.length === 0) return null
  return (
    <p>
      {t.ignoredColumns}
      {names.map((name, at) => (
        <>
          {at === 0 ? ' ' : ', '}
          <code key={at}>{name}</code>
        </>
      ))}
    </p>
  )
}

/** Enough to see what is wrong; the file has more. */
const SHOWN_LINES = 100

function Rejected({ rejected, count, download }: { rejected: { line: number; message: string }[]; count: number; download: string }) {
  const { language } = usePage()
  const t = importTexts(language)
  if (count === 0) return null
  const shown = rejected.slice(0, SHOWN_LINES)
  return (
    <>
      <Table heads={[t.line, t.why]} label={t.rejectedCaption}>
        {shown.map(({ line, message }) => (
          <Row key={line}>
            <RowHead head={t.line}>{line}</RowHead>
            <Cell head={t.why}>{message === ERASED_ROW ? t.rowErased(t.importErased) : message}</Cell>
          </Row>
        ))}
      </Table>
      {shown.length < count ? <p class="small">{t.onlyFirst(shown.length)}</p> : null}
      {rejected.length < count ? <p class="small">{t.onlyKept(formatsOf(language).number.format(rejected.length))}</p> : null}
      <p>
        <a href={download} download="rejected.csv">
          {t.download}
        </a>
      </p>
      <p class="small">{t.correct}</p>
    </>
  )
}

function Warnings({ warnings, count }: { warnings: { line: number; message: string }[]; count: number }) {
  const t = importTexts(usePage().language)
  if (count === 0) return null
  const shown = warnings.slice(0, SHOWN_LINES)
  return (
    <>
      <Table heads={[t.line, t.what]} label={t.warnedCaption}>
        {shown.map(({ line, message }, at) => (
          <Row key={at}>
            <RowHead head={t.line}>{line}</RowHead>
            <Cell head={t.what}>{message}</Cell>
          </Row>
        ))}
      </Table>
      {shown.length < count ? <p class="small">{t.onlyFirst(shown.length)}</p> : null}
    </>
  )
}

function After() {
  const t = importTexts(usePage().language)
  return (
    <div class="actions">
      <a href="/candidates" role="button">
        {t.toCandidates}
      </a>
      <a href="/candidates/import" role="button" class="quiet">
        {t.another}
      </a>
    </div>
  )
}
