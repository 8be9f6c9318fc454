import { createHash } from 'node:crypto'
import type { ExportView } from '../../../export/export-view.ts'
import { LeverLink } from '../kit/lever-link.tsx'
import { PANEL } from './export-panel.tsx'
import { ExportProblem } from './export-problem.tsx'
import type { Progress, ProgressLine } from './export-progress.ts'
import { ExportStatus } from '../exports/export-status.tsx'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { exportDialogTexts } from './texts-export-dialog.ts'
import { exportWords } from '../exports/texts-export-words.ts'

/** Changes whenever the visible progress changes. */
export function fingerprintOf({ lines }: Progress): string {
  const shown = lines.map((line) => [line.name, line.export?.status, line.export?.waitingFor, line.export?.note?.status, line.export?.url])
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 16)
}

/** One line per candidate, refreshed every second until all have ended; `address` is that of the progress page. */
export function ExportProgress({ progress, address }: { progress: Progress; address: string }) {
  const t = exportDialogTexts(usePage().language)
  const { lines, done, isFinished } = progress
  const poll = isFinished
    ? {}
    : { 'hx-get': `${address}&seen=${fingerprintOf(progress)}`, 'hx-trigger': 'every 1s', 'hx-target': 'this', 'hx-swap': 'outerHTML' }
  return (
    <div id={PANEL} {...poll} data-finished={isFinished}>
      <p id="progress-summary" role="status" tabIndex={-1} data-focus>
        <Summary progress={progress} />
      </p>
      {lines.length > 1 ? <progress max={lines.length} value={done} aria-labelledby="progress-summary" /> : null}
      <ul class="plain-list progress">
        {lines.map((line) => (
          <Line key={`${line.candidateId} ${line.export?.id ?? ''}`} line={line} address={address} />
        ))}
      </ul>
      <div class="actions end">
        <a href="/exports" role="button" class="quiet">
          {t.allExports}
        </a>
        {isFinished ? null : (
          <noscript>
            <a href={address} role="button" class="quiet">
              {t.refresh}
            </a>
          </noscript>
        )}
        <a href="/candidates" role="button" class="quiet" id="export-close" data-close>
          {t.close}
        </a>
      </div>
    </div>
  )
}

function Summary({ progress: { lines, done, exported, isFinished } }: { progress: Progress }) {
  const t = exportDialogTexts(usePage().language)
  if (!isFinished) return <>{t.progress(done, lines.length)}</>
  if (lines.length > 1) return <>{t.finished(exported, lines.length)}</>
  return <>{exported === 1 ? t.finishedOne : t.notExported}</>
}

function Line({ line, address }: { line: ProgressLine; address: string }) {
  const { language } = usePage()
  const t = exportDialogTexts(language)
  const words = exportWords(language)
  const name = line.name ?? words.deletedCandidate
  return (
    <li>
      <div>
        <strong>{name}</strong>{' '}
        {line.export === null ? null : <ExportStatus status={line.export.status} waitingFor={line.export.waitingFor} />}
        {line.export === null || line.isNew ? null : <div class="small">{t.wasKnown}</div>}
        {line.export === null && line.refused === null ? <div class="small">{t.byColleague}</div> : null}
        <NextStep line={line} />
      </div>
      <div class="actions">{line.export === null ? null : <Ways view={line.export} name={name} address={address} />}</div>
    </li>
  )
}

/** Why the export was not sent, and the next step. */
function NextStep({ line: { refused, export: view } }: { line: ProgressLine }) {
  if (refused !== null) return <div class="small"><ExportProblem problem={{ code: refused, detail: '' }} /></div> // prettier-ignore
  if (view?.status === 'duplicate') return <div class="small"><ExportProblem problem={{ code: 'duplicate', detail: '' }} /></div> // prettier-ignore
  return view?.error ? <div class="small"><ExportProblem problem={view.error} /></div> : null // prettier-ignore
}

function Ways({ view, name, address }: { view: ExportView; name: string; address: string }) {
  const { language } = usePage()
  const t = exportDialogTexts(language)
  const { id, status, url, candidateId, target } = view
  const again = new URLSearchParams({
    one: candidateId,
    ...(target.kind === 'posting' && target.postingId !== null ? { postingId: target.postingId } : {}),
  })
  return (
    <>
      {status === 'duplicate' ? (
        <a href={`/candidates/export?${again.toString()}`} role="button" class="quiet" data-dialog>
          {t.again}
        </a>
      ) : null}
      {status === 'failed' ? (
        <Form action="/exports/progress" hx-post="/exports/progress" hx-target={`#${PANEL}`} hx-swap="outerHTML">
          <input type="hidden" name="retry" value={id} />
          <input type="hidden" name="progress" value={address.slice(address.indexOf('?') + 1)} />
          <button type="submit" class="quiet">
            {t.retry}
          </button>
        </Form>
      ) : null}
      <LeverLink url={url} look="button">
        {exportWords(language).openInLever(name)}
      </LeverLink>
    </>
  )
}
