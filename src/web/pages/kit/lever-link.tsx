import type { ComponentChildren } from 'preact'
import { isWebLink } from '../../../candidates/candidate-input.ts'

/** A link into Lever, in a tab of its own; nothing where the address is not one of the web. `label` names it where its text does not. */
export function LeverLink({
  url,
  label,
  look,
  children,
}: {
  url: string | null
  label?: string
  /** `button` where it is what one does next. */
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
