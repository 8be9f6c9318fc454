import type { ParameterizedContext } from 'koa'
import type { Caller, PersonCaller } from '../../accounts/caller.ts'
import type { SiteCookies } from './site-cookies.ts'
import type { Language } from './languages.ts'

/** What the app puts into `ctx.state` before any page or route runs. */
export interface SiteState {
  requestId: string
  cookies: SiteCookies
  language: Language
  /** Who makes a request of the API, for the log. */
  requester: Caller | null
  /** Who is signed in by the session's cookie. */
  caller: PersonCaller | null
  /** Of that session; every form carries it as `_csrf`. */
  csrfToken: string | null
  /** Where a sign-in link led that began that session without a press on Continue. */
  unaskedPath: string | null
  /** True where that session may go on in another organization. */
  canSwitch: boolean
  /** Of the person who is signed in. */
  organizationName: string | null
}

export type SiteContext = ParameterizedContext<SiteState>
