import type { Accounts } from '../../accounts/accounts.ts'
import type { StartedSession } from '../../accounts/sessions.ts'
import { equalSecrets } from '../../secrets/opaque-token.ts'
import { ServiceError } from '../../errors.ts'
import { isLanguage } from './languages.ts'
import type { SiteContext } from './site-state.ts'
import { chosenLanguage } from './request-state.ts'
import { rememberDevice } from './device.ts'
import { assertSameOrigin } from './same-origin.ts'

const SESSION_COOKIE = 'fulcrum_session'

/** Gives the browser its session. What an earlier session's cookie named is no longer reachable by it. */
export function signIn(ctx: SiteContext, session: StartedSession): void {
  rememberDevice(ctx, session.deviceMark)
  ctx.state.cookies.set(ctx, SESSION_COOKIE, session.token, { maxAgeMs: session.endsAt.getTime() - Date.now() })
}

/** The same where somebody may be signed in already: their session ends, so that nothing of it is left to be used. */
export async function replaceSession(ctx: SiteContext, accounts: Pick<Accounts, 'endSession'>, session: StartedSession): Promise<void> {
  if (ctx.state.caller) await accounts.endSession(ctx.state.caller.sessionId)
  signIn(ctx, session)
}

/** Ends the session in this browser, and has it drop what it kept of the pages. Cookies stay: the language is one of them. */
export function signOut(ctx: SiteContext): void {
  forgetSession(ctx)
  ctx.set('Clear-Site-Data', '"cache", "storage"')
}

function forgetSession(ctx: SiteContext): void {
  ctx.state.cookies.clear(ctx, SESSION_COOKIE)
}

/** Reads who is signed in into `ctx.state`, with the language they once chose, and forgets a cookie whose session is over. */
export async function loadSession(ctx: SiteContext, accounts: Pick<Accounts, 'findSession'>): Promise<void> {
  const token = ctx.state.cookies.get(ctx, SESSION_COOKIE)
  const session = token === undefined ? null : await accounts.findSession(token)
  if (token !== undefined && !session) forgetSession(ctx)
  ctx.state.caller = session?.caller ?? null
  ctx.state.csrfToken = session?.csrfToken ?? null
  ctx.state.unaskedPath = session?.unaskedPath ?? null
  ctx.state.canSwitch = (session?.organizations ?? 0) > 1
  const { language, cookies } = ctx.state
  const theirs = session?.language
  ctx.state.language = isLanguage(theirs) && chosenLanguage(ctx, cookies) === null ? theirs : language
}

/**
 * Guards a write that a session's cookie carries: from a page of this site, with the session's token.
 * @throws ServiceError `forbidden`, `csrf_token_missing`
 */
export function assertIntended(ctx: SiteContext, publicUrl: string, givenToken: string): void {
  assertSameOrigin(ctx, publicUrl)
  const { csrfToken } = ctx.state
  if (csrfToken === null || equalSecrets(givenToken, csrfToken)) return
  throw new ServiceError('csrf_token_missing', 'The CSRF token is missing or belongs to another session.', {
    hint: 'Reload the page and send it again. Programs send the X-CSRF-Token header, or use an API key.',
  })
}
