import type { ComponentChildren } from 'preact'
import { usePage } from './page-context.ts'
import { wizardTexts } from '../ats/texts-wizard.ts'

/** A value to copy elsewhere: readable, selectable, and copied with one click if scripts run. */
export function CopyField({ id, label, value, copyLabel }: { id: string; label: ComponentChildren; value: string; copyLabel: string }) {
  const t = wizardTexts(usePage().language)
  return (
    <div class="copy-field">
      <label for={id}>{label}</label>
      <div>
        <input id={id} type="text" readonly value={value} spellcheck={false} />
        <button type="button" class="quiet" hidden data-copy={id} data-copied={t.copied} aria-describedby={`${id}-copied`}>
          {copyLabel}
        </button>
        <span id={`${id}-copied`} class="small" role="status" />
      </div>
    </div>
  )
}
