import type { ComponentChildren } from 'preact'
import type { Obstacle } from './export-obstacle.ts'
import { ExportProblem } from './export-problem.tsx'
import { usePage } from './page-context.ts'
import { candidatesTexts } from './texts-candidates.ts'
import { exportDialogTexts } from './texts-export-dialog.ts'

/** Id of the words that say why the buttons are off. */
export const WHY_NOT = 'why-not'

/**
 * Around what is chosen (fields `id`), with the button **Export to ATS** and, where this person may not export, the reason at it.
 * Opens the dialog by htmx, or as a page of its own.
 */
export function ExportToAtsForm({
  obstacle,
  isSelection = false,
  children,
}: {
  obstacle: Obstacle | null
  /** Several are chosen from a list. */
  isSelection?: boolean
  children: ComponentChildren
}) {
  const t = candidatesTexts(usePage().language)
  const isBlocked = obstacle !== null
  return (
    <form
      action="/candidates/export"
      method="get"
      hx-get="/candidates/export"
      hx-target="#export-dialog"
      data-selection={isSelection && !isBlocked ? '' : undefined}
    >
      {obstacle === null ? null : (
        <p class="notice warn" id={WHY_NOT}>
          <ExportProblem problem={obstacle.problem} admins={obstacle.admins} />
        </p>
      )}
      <div class="toolbar">
        {isSelection ? <Chosen /> : null}
        <button id="export-chosen" type="submit" disabled={isBlocked} aria-describedby={isBlocked ? WHY_NOT : undefined}>
          {t.exportToAts}
        </button>
      </div>
      {children}
    </form>
  )
}

/** Shown by a script, which counts. */
function Chosen() {
  const t = candidatesTexts(usePage().language)
  return (
    <span class="chosen" data-chosen hidden>
      <label>
        <input type="checkbox" data-select-all /> {t.selectAll}
      </label>
      <span role="status" data-count={t.selected} />
      <button type="button" class="link" data-clear hidden>
        {t.clear}
      </button>
    </span>
  )
}

/** The empty dialog that the form fills; its words are for the script that opens it. */
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
