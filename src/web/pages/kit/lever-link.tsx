import type { ComponentChildren } from 'preact'
import { isWebLink } from '../../../candidates/candidate-input.ts'

/**
 * A link into Lever that opens a new tab; renders nothing if the address is not a web address. `label` names the link if its text does not.
 */
export function LeverLink({
  url,
  label,
  look,
  children,
}: {
  url: string | null
  label?: string
  /** `button` if it is the next step. */
  look?: 'button'
  children: ComponentChildren
}) {
  if (url === null || !isWebLink(url)) return null
  const asButton = look === 'button' ? { class: 'as-button' } : {}
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" aria-label={label} title={label} {...asButton}>
      {children}
    </a>
  )
}
