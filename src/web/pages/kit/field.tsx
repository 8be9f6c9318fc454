import type { ComponentChildren } from 'preact'

export interface FieldProps {
  id: string
  label: string
  /** Why the input is refused. */
  why?: string | undefined
  help?: string
  /** The control, given the attributes that tie it to its label and messages. */
  children: (tie: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }) => ComponentChildren
}

/** A control with its label, and next to it help or the reason for a refusal. */
export function Field({ id, label, why, help, children }: FieldProps) {
  const words = why ?? help
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        'aria-describedby': words === undefined ? undefined : `${id}-words`,
        'aria-invalid': why === undefined ? undefined : true,
      })}
      {words === undefined ? null : (
        <small id={`${id}-words`} class={why === undefined ? 'small' : 'field-error'}>
          {words}
        </small>
      )}
    </div>
  )
}
