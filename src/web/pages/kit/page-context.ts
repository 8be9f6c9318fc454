import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { PersonCaller } from '../../../accounts/caller.ts'
import type { Notice } from '../../shell/flash.ts'
import type { Language } from '../../shell/languages.ts'

/** The data about the request that any component of a page may need. */
export interface PageContextValue {
  language: Language
  caller: PersonCaller | null
  /** The caller's organization. */
  organizationName: string | null
  /** The session's token, masked. */
  csrfToken: string | null
  /** True if the caller can switch to another organization. */
  canSwitch: boolean
  /** Path and query of the page, for returning to it. */
  here: string
  /** Path of the request, including a form that is answered with a page. */
  path: string
  requestId: string
  /** Kept from before a redirect. */
  notice: Notice | null
}

export const PageContext = createContext<PageContextValue | null>(null)

/** @throws Error outside of a page given to `renderPage` */
export function usePage(): PageContextValue {
  const value = useContext(PageContext)
  if (!value) throw new Error('usePage is for components of a page rendered by renderPage')
  return value
}
