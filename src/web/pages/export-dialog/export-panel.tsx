import { randomUUID } from 'node:crypto'
import type { ExportQuestion } from './export-question.ts'
import { ExportDuplicates } from './export-duplicates.tsx'
import { ManyCandidates } from './export-many.tsx'
import { ExportContents } from './export-contents.tsx'
import { JobField, RequisitionField } from './export-job-field.tsx'
import { ExportProblem } from './export-problem.tsx'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { exportDialogTexts } from './texts-export-dialog.ts'

/** Id of the question's panel, which the progress later replaces. */
export const PANEL = 'export-panel'

export function titleOf(
  { candidates, total }: Pick<ExportQuestion, 'candidates' | 'total'>,
  t: ReturnType<typeof exportDialogTexts>,
): string {
  const [first] = candidates
  return total === 1 && first ? t.title(first.name) : t.titleMany(total)
}

/**
 * The target, what will be sent, what is already in Lever, and **Export**. Another job or requisition needs a new preview: htmx requests it
 * at once; without scripts, a button does.
 */
export function ExportPanel({ question }: { question: ExportQuestion }) {
  const { wishes, offer } = question
  const t = exportDialogTexts(usePage().language)
  return (
    <div id={PANEL}>
      <Form id="export-form" action="/candidates/export" hx-post="/candidates/export" hx-target={`#${PANEL}`} hx-swap="outerHTML">
        <input type="hidden" name="candidateIds" value={wishes.candidateIds.join(',')} />
        <input type="hidden" name="once" value={wishes.once ?? randomUUID()} />
        <JobField offer={offer} wishes={wishes} />
        <noscript>
          <button type="submit" formaction="/candidates/export/preview" class="quiet">
            {t.update}
          </button>
        </noscript>
        <ExportDetails question={question} />
      </Form>
    </div>
  )
}

/** The part that depends on the job, replaced when another one is chosen. */
export function ExportDetails({ question }: { question: ExportQuestion }) {
  const { wishes, offer, candidates, preview, gone } = question
  const t = exportDialogTexts(usePage().language)
  const [only] = wishes.candidateIds.length === 1 ? candidates : []
  return (
    <div id="export-details">
      {gone === 0 ? null : (
        <p class="notice warn" role="status">
          {t.gone(gone)}
        </p>
      )}
      <RequisitionField offer={offer} wishes={wishes} />
      {only ? (
        <>
          <ExportDuplicates preview={preview} wishes={wishes} />
          <label>
            {t.note}
            <textarea id="export-note" name="note" rows={2} maxlength={10_000} aria-describedby="note-hint" hx-preserve="true">
              {wishes.note ?? ''}
            </textarea>
          </label>
          <p class="small hint" id="note-hint">
            {t.noteHint}
          </p>
          <ExportContents candidate={only} preview={preview} wishes={wishes} />
        </>
      ) : (
        <ManyCandidates question={question} />
      )}
      <ExportButton question={question} />
    </div>
  )
}

function ExportButton({ question }: { question: ExportQuestion }) {
  const { blocker, problems, candidates, total } = question
  const t = exportDialogTexts(usePage().language)
  const isBlocked = blocker !== null || problems.length > 0 || total === 0
  const [only] = total === 1 ? candidates : []
  return (
    <footer>
      {isBlocked ? (
        <div class="notice warn" id="export-why-not" role="alert">
          {blocker === null ? null : (
            <p>
              <ExportProblem problem={blocker.problem} admins={blocker.admins} />
            </p>
          )}
          {problems.map((problem) => (
            <p key={problem.code}>
              <ExportProblem problem={problem} />{' '}
              {problem.code === 'already_exported' && only ? <a href={`/candidates/${only.id}#history`}>{t.toExport}</a> : null}
            </p>
          ))}
        </div>
      ) : null}
      <div class="actions end">
        <a href="/candidates" role="button" class="quiet" id="export-close" data-close>
          {t.close}
        </a>
        <button type="submit" disabled={isBlocked} aria-describedby={isBlocked ? 'export-why-not' : undefined}>
          {t.export}
        </button>
      </div>
    </footer>
  )
}
