import type { ParameterizedContext } from 'koa'
import type { Caller, PersonCaller } from '../../accounts/caller.ts'
import type { SiteCookies } from './site-cookies.ts'
import type { Language } from './languages.ts'

/** The values that the app puts into `ctx.state` before any page or route runs. */
export interface SiteState {
  requestId: string
  cookies: SiteCookies
  language: Language
  /** The caller of an API request, for the log. */
  requester: Caller | null
  /** The person signed in by the session cookie. */
  caller: PersonCaller | null
  /** The session's token; every form carries it as `_csrf`. */
  csrfToken: string | null
  /** The target of the sign-in link that started the session without a press on Continue. */
  unaskedPath: string | null
  /** True if the session can switch to another organization. */
  canSwitch: boolean
  /** Organization of the signed-in person. */
  organizationName: string | null
}

export type SiteContext = ParameterizedContext<SiteState>
