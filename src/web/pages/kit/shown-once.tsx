import type { ComponentChildren } from 'preact'
import { CopyField } from './copy-field.tsx'

export interface ShownOnceProps {
  title: string
  lead: string
  label: ComponentChildren
  value: string
  copyLabel: string
}

/** A new secret, shown only this once. */
export function ShownOnce({ title, lead, label, value, copyLabel }: ShownOnceProps) {
  return (
    <section class="card made" aria-labelledby="made" role="status">
      <h2 id="made">{title}</h2>
      <p>{lead}</p>
      <CopyField id="made-value" label={label} value={value} copyLabel={copyLabel} />
    </section>
  )
}
