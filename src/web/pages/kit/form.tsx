import type { ComponentChildren, JSX } from 'preact'
import { usePage } from './page-context.ts'

/** A form that posts to this site; carries the session's CSRF token. */
export function Form({ children, ...attributes }: { children: ComponentChildren } & JSX.FormHTMLAttributes & { action: string }) {
  const { csrfToken } = usePage()
  return (
    <form method="post" {...attributes}>
      {csrfToken === null ? null : <input type="hidden" name="_csrf" value={csrfToken} />}
      {children}
    </form>
  )
}
