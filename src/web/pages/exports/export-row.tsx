import type { ExportView } from '../../../export/export-view.ts'
import { LeverLink } from '../kit/lever-link.tsx'
import { ExportProblem } from '../export-dialog/export-problem.tsx'
import { ExportStatus } from './export-status.tsx'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, type SortHead } from '../kit/table.tsx'
import { targetName } from './target-name.ts'
import { exportWords } from './texts-export-words.ts'
import { exportsTexts } from './texts-exports.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

export interface ExportRowProps {
  view: ExportView
  /** Name of the candidate; null if it was deleted. */
  name: string | null
  /** False on the candidate's own page. */
  withCandidate: boolean
}

/** The columns of {@link ExportRow}; the last is for buttons. `when` is the head of a list that can be sorted. */
export function exportHeads(
  t: ReturnType<typeof exportsTexts>,
  withCandidate: boolean,
  when: string | SortHead = t.when,
): (string | SortHead)[] {
  return [...(withCandidate ? [t.candidate] : []), t.status, t.target, t.who, when, '']
}

/** One export: its status, target, requester and actions. */
export function ExportRow({ view, name, withCandidate }: ExportRowProps) {
  const { language } = usePage()
  const t = exportsTexts(language)
  const words = exportWords(language)
  const named = name ?? words.deletedCandidate
  const { performAs, requestedBy, createdAt, candidateId } = view
  const leverName = performAs.leverName ?? performAs.leverEmail
  return (
    <Row>
      {withCandidate ? <RowHead>{name === null ? named : <a href={`/candidates/${candidateId}`}>{name}</a>}</RowHead> : null}
      <Cell head={t.status}>
        <ExportStatus status={view.status} waitingFor={view.waitingFor} />
        <Outcome view={view} />
      </Cell>
      <Cell head={t.target}>
        <Target view={view} />
      </Cell>
      <Cell head={t.who}>
        {requestedBy}
        {leverName === null ? null : <div class="small">{t.asUser(leverName)}</div>}
      </Cell>
      <Cell head={t.when}>
        <TimeAgo at={createdAt} />
      </Cell>
      <Cell>
        <Ways view={view} name={named} />
      </Cell>
    </Row>
  )
}

function Target({ view: { target, requisition, stage } }: { view: ExportView }) {
  const words = exportWords(usePage().language)
  return (
    <>
      {targetName(target, words)}
      {requisition === null ? null : <div class="small">{words.requisition(requisition.requisitionCode ?? requisition.name ?? '')}</div>}
      {stage === null ? null : <div class="small">{words.inStage(stage.text ?? stage.id)}</div>}
    </>
  )
}

/** The remaining information or action of an ended export. */
function Outcome({ view: { status, error, note, duplicateOf, confidential } }: { view: ExportView }) {
  const { language } = usePage()
  const words = exportWords(language)
  return (
    <div class="small">
      {confidential ? <div>{words.confidentialRecord}</div> : null}
      {status === 'exported' && duplicateOf !== null ? <div>{exportsTexts(language).linked}</div> : null}
      {status === 'duplicate' ? <ExportProblem problem={{ code: 'duplicate', detail: '' }} /> : null}
      {error === null ? null : <ExportProblem problem={error} />}
      {note?.status === 'queued' ? <div>{words.noteQueued}</div> : null}
      {note?.status === 'failed' ? (
        <div>
          {words.noteFailed}: {note.error?.detail}
        </div>
      ) : null}
    </div>
  )
}

/** Buttons have ids, so that they keep the focus after a refresh. */
function Ways({ view, name }: { view: ExportView; name: string }) {
  const { language, here } = usePage()
  const t = exportsTexts(language)
  const { id, status, url, note, candidateId, target } = view
  const isNoteFailed = status === 'exported' && note?.status === 'failed'
  const again = new URLSearchParams({
    one: candidateId,
    ...(target.kind === 'posting' && target.postingId !== null ? { postingId: target.postingId } : {}),
  })
  return (
    <div class="actions">
      {status === 'failed' || status === 'canceled' || isNoteFailed ? (
        <Form action={`/exports/${id}/retry`}>
          <input type="hidden" name="next" value={here} />
          <button type="submit" class="quiet" id={`retry-${id}`}>
            {isNoteFailed ? t.retryNote : t.retry}
          </button>
        </Form>
      ) : null}
      {status === 'queued' ? (
        <Form action={`/exports/${id}/cancel`}>
          <input type="hidden" name="next" value={here} />
          <button type="submit" class="quiet" id={`cancel-${id}`}>
            {t.cancel}
          </button>
        </Form>
      ) : null}
      {status === 'duplicate' ? (
        <a href={`/candidates/export?${again.toString()}`} role="button" class="quiet" id={`again-${id}`}>
          {t.again}
        </a>
      ) : null}
      <LeverLink url={url} label={`${exportWords(language).openFound}: ${name}`}>
        {exportWords(language).openFound}
      </LeverLink>
    </div>
  )
}
