import type { ComponentChildren } from 'preact'
import { listAddress, type CandidatesQuery } from '../candidates/candidates-search.tsx'
import type { ExportBlocker } from './export-blocker.ts'
import { ExportProblem } from './export-problem.tsx'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { SortField } from '../kit/sort-field.tsx'
import { candidatesTexts } from '../candidates/texts-candidates.ts'
import { exportDialogTexts } from './texts-export-dialog.ts'

/** Id of the text that says why the buttons are disabled. */
export const WHY_NOT = 'why-not'

/** Id of the list's form, for buttons outside it. */
export const SELECTION_FORM = 'selection'

/** A list in which several candidates can be selected. */
export interface Selection {
  query: CandidatesQuery
  /** True if the list has more pages. */
  hasMore: boolean
  /** Without scripts: ids selected on other pages. */
  elsewhere: readonly string[]
}

/**
 * Wraps the selectable rows (fields `id`) in a form with the button **Export to ATS** and, if this person cannot export, the reason next to
 * it. Opens the dialog by htmx, or as a page. Uses POST, since a URL holds a few hundred ids at most.
 */
export function ExportToAtsForm({
  blocker,
  selection,
  children,
}: {
  blocker: ExportBlocker | null
  selection?: Selection
  children: ComponentChildren
}) {
  const { language, caller } = usePage()
  const t = candidatesTexts(language)
  const isBlocked = blocker !== null
  return (
    <Form
      id={selection ? SELECTION_FORM : undefined}
      action="/candidates/export/open"
      hx-post="/candidates/export/open"
      hx-target="#export-dialog"
      data-selection={selection && !isBlocked ? caller?.personId : undefined}
    >
      {blocker === null ? null : (
        <p class="notice warn" id={WHY_NOT}>
          <ExportProblem problem={blocker.problem} admins={blocker.admins} />
        </p>
      )}
      <div class="toolbar">
        {selection ? <Chosen selection={selection} /> : null}
        <button id="export-chosen" type="submit" disabled={isBlocked} aria-describedby={isBlocked ? WHY_NOT : undefined}>
          {t.exportToAts}
        </button>
        {selection?.hasMore && !isBlocked ? <WithoutScripts selection={selection} /> : null}
      </div>
      {children}
    </Form>
  )
}

/** Without scripts, the form carries the selection from page to page, and can select all matches. */
function WithoutScripts({ selection: { query, elsewhere } }: { selection: Selection }) {
  const t = candidatesTexts(usePage().language)
  const { q, project, exported, sort } = query
  return (
    <noscript>
      {elsewhere.length === 0 ? null : (
        <>
          <input type="hidden" name="chosen" value={elsewhere.join(',')} />
          <span role="status">{t.selectedElsewhere(elsewhere.length)}</span>{' '}
          <a href={listAddress({ ...query, cursor: undefined })}>{t.clear}</a>
        </>
      )}
      {q === '' ? null : <input type="hidden" name="q" value={q} />}
      {project === undefined ? null : <input type="hidden" name="project" value={project} />}
      {exported === undefined ? null : <input type="hidden" name="exported" value={String(exported)} />}
      <SortField sort={sort} />
      <button type="submit" name="all" value="1" class="quiet">
        {t.exportAll}
      </button>
    </noscript>
  )
}

/** Shown by a script, which counts the selection. */
function Chosen({ selection: { query, hasMore } }: { selection: Selection }) {
  const t = candidatesTexts(usePage().language)
  return (
    <span class="chosen" data-chosen hidden>
      <label>
        <input type="checkbox" data-select-all /> {t.selectAll}
      </label>
      <span role="status" data-count={t.selected} />
      {hasMore ? (
        <button
          type="button"
          class="link"
          data-select-matching={listAddress({ ...query, cursor: undefined }, '/candidates/ids')}
          data-most={query.sort === '-added' ? t.mostSelected : t.mostSelectedInOrder}
        >
          {t.selectMatching}
        </button>
      ) : null}
      <button type="button" class="link" data-clear hidden>
        {t.clear}
      </button>
    </span>
  )
}

/** The empty dialog that the form fills; its texts are for the script that opens it. */
export function ExportDialog() {
  const t = exportDialogTexts(usePage().language)
  return (
    <dialog
      id="export-dialog"
      aria-labelledby="export-title"
      data-loading={t.loading}
      data-failed={t.failedToOpen}
      data-close-word={t.close}
    />
  )
}
