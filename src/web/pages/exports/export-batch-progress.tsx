import { createHash } from 'node:crypto'
import type { ExportBatchView } from '../../../export/bulk/batch-view.ts'
import type { RejectedRow } from '../../../export/bulk/bulk-rejection.ts'
import { EXPORT_STATUSES, type ExportStatus, type ExportView } from '../../../export/export-view.ts'
import type { Page } from '../../../paging.ts'
import { BatchActions } from './export-batch-actions.tsx'
import { PANEL } from '../export-dialog/export-panel.tsx'
import { ExportProblem } from '../export-dialog/export-problem.tsx'
import { exportHeads, ExportRow } from './export-row.tsx'
import { usePage } from '../kit/page-context.ts'
import { Table } from '../kit/table.tsx'
import { exportBatchTexts } from './texts-export-batches.ts'
import { exportStatusTexts, exportWords } from './texts-export-words.ts'
import { exportsTexts } from './texts-exports.ts'

export interface BatchShown {
  batch: ExportBatchView
  lines: Page<ExportView>
  /** Only the first ones. */
  rejected: RejectedRow[]
  /** Names of the candidates, by id. */
  names: Map<string, string>
  /** Limits the lines to this status. */
  status?: ExportStatus | undefined
  cursor?: string | undefined
}

/** Changes whenever the visible progress changes. */
export function fingerprintOf({ batch, lines }: BatchShown): string {
  const shown = lines.data.map(({ id, status, waitingFor, url, note }) => [id, status, waitingFor, url, note?.status])
  return createHash('sha256')
    .update(JSON.stringify([batch, shown]))
    .digest('base64url')
    .slice(0, 16)
}

function address({ batch, status, cursor }: Pick<BatchShown, 'batch' | 'status' | 'cursor'>, seen?: string): string {
  const parameters = new URLSearchParams({
    ...(status ? { status } : {}),
    ...(cursor ? { cursor } : {}),
    ...(seen ? { seen } : {}),
  }).toString()
  return `/exports/batches/${batch.id}${parameters === '' ? '' : `?${parameters}`}`
}

/** Used by the page and by the dialog after **Export**; refreshes until all exports have ended. */
export function BatchProgress({ shown }: { shown: BatchShown }) {
  const { batch } = shown
  const t = exportBatchTexts(usePage().language)
  const isFinished = batch.finishedAt !== null
  const poll = isFinished
    ? {}
    : { 'hx-get': address(shown, fingerprintOf(shown)), 'hx-trigger': 'every 2s', 'hx-target': 'this', 'hx-swap': 'outerHTML' }
  return (
    <div id={PANEL} {...poll} data-finished={isFinished}>
      <p id="progress-summary" role="status" tabIndex={-1} data-focus>
        <Summary batch={batch} />
      </p>
      <progress max={Math.max(1, batch.total)} value={doneOf(batch)} aria-labelledby="progress-summary" />
      <BatchActions batch={batch} />
      <Rejected shown={shown} />
      <StatusTabs shown={shown} />
      <Lines shown={shown} />
      <div class="actions end">
        <a href={`/exports/batches/${batch.id}`} role="button" class="quiet">
          {isFinished ? t.wholePage : `${t.wholePage} · ${t.refresh}`}
        </a>
        <a href="/candidates" role="button" class="quiet" id="export-close" data-close>
          {t.close}
        </a>
      </div>
    </div>
  )
}

function doneOf({ total, queued, running }: ExportBatchView): number {
  return total - queued - running
}

function Summary({ batch }: { batch: ExportBatchView }) {
  const t = exportBatchTexts(usePage().language)
  const { status, total, exported, perMinute, secondsLeft } = batch
  if (status === 'finished') return <>{t.summaryFinished(exported, total)}</>
  if (status === 'paused') return <>{t.summaryPaused(doneOf(batch), total)}</>
  const pace = perMinute === 0 ? [] : [t.rate(Math.round(perMinute)), ...(secondsLeft === null ? [] : [timeLeft(secondsLeft, t)])]
  return <>{[t.summaryRunning(doneOf(batch), total), ...pace].join(' · ')}</>
}

function timeLeft(seconds: number, t: ReturnType<typeof exportBatchTexts>): string {
  if (seconds < 60) return t.underAMinuteLeft
  return seconds < 5400 ? t.minutesLeft(Math.round(seconds / 60)) : t.hoursLeft(Math.round(seconds / 3600))
}

function StatusTabs({ shown }: { shown: BatchShown }) {
  const { language } = usePage()
  const t = exportBatchTexts(language)
  const words = exportStatusTexts(language).candidates
  const { batch, status } = shown
  const present = EXPORT_STATUSES.filter((one) => batch[one] > 0 || one === status)
  return (
    <nav class="tabs" aria-label={t.status}>
      <ul>
        {[undefined, ...present].map((one) => (
          <li key={one ?? ''}>
            <a id={`lines-${one ?? 'all'}`} href={address({ batch, status: one })} aria-current={one === status ? 'page' : undefined}>
              {one === undefined ? `${t.everything}: ${batch.total}` : `${words[one]}: ${batch[one]}`}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Lines({ shown }: { shown: BatchShown }) {
  const { language } = usePage()
  const t = exportBatchTexts(language)
  const { lines, names, status, cursor, batch } = shown
  if (lines.data.length === 0) return <p>{t.noneSo}</p>
  return (
    <>
      <Table heads={exportHeads(exportsTexts(language), true)} label={t.linesCaption}>
        {lines.data.map((view) => (
          <ExportRow key={view.id} view={view} name={names.get(view.candidateId) ?? null} withCandidate />
        ))}
      </Table>
      {cursor === undefined && lines.nextCursor === null ? null : (
        <nav class="pages" aria-label={t.linesCaption}>
          {cursor === undefined ? null : <a href={address({ batch, status })}>{t.first}</a>}
          {lines.nextCursor === null ? null : <a href={address({ batch, status, cursor: lines.nextCursor })}>{t.more}</a>}
        </nav>
      )}
    </>
  )
}

function Rejected({ shown: { batch, rejected, names } }: { shown: BatchShown }) {
  const { language } = usePage()
  const t = exportBatchTexts(language)
  if (batch.rejected === 0) return null
  return (
    <details class="people" open={rejected.length <= 10}>
      <summary>{t.rejected(batch.rejected)}</summary>
      <ul class="plain-list">
        {rejected.map(({ candidateId, code, detail }, index) => (
          <li key={index}>
            <strong>{names.get(candidateId) ?? exportWords(language).deletedCandidate}</strong> <ExportProblem problem={{ code, detail }} />
          </li>
        ))}
      </ul>
      {rejected.length < batch.rejected ? <p class="small">{t.andMore(batch.rejected - rejected.length)}</p> : null}
    </details>
  )
}
