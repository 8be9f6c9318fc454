import type { Accounts } from '../../accounts/accounts.ts'
import type { StartedSession } from '../../accounts/sessions.ts'
import { equalSecrets } from '../../secrets/opaque-token.ts'
import { ServiceError } from '../../errors.ts'
import { unmaskCsrfToken } from './csrf-token.ts'
import { isLanguage } from './languages.ts'
import type { SiteContext } from './site-state.ts'
import { chosenLanguage } from './request-state.ts'
import { rememberDevice } from './device.ts'
import { assertSameOrigin } from './same-origin.ts'

const SESSION_COOKIE = 'fulcrum_session'

/** Sets the session cookie. It replaces any earlier session's cookie. */
export function signIn(ctx: SiteContext, session: StartedSession): void {
  rememberDevice(ctx, session.deviceMark)
  ctx.state.cookies.set(ctx, SESSION_COOKIE, session.token, { maxAgeMs: session.endsAt.getTime() - Date.now() })
}

/** Like `signIn`, for a browser that may be signed in already: also ends the earlier session, so that it cannot be used again. */
export async function replaceSession(ctx: SiteContext, accounts: Pick<Accounts, 'endSession'>, session: StartedSession): Promise<void> {
  if (ctx.state.caller) await accounts.endSession(ctx.state.caller.sessionId)
  signIn(ctx, session)
}

/** Ends the session in this browser and clears its cached pages. Cookies stay, since one of them is the language. */
export function signOut(ctx: SiteContext): void {
  forgetSession(ctx)
  ctx.set('Clear-Site-Data', '"cache", "storage"')
}

function forgetSession(ctx: SiteContext): void {
  ctx.state.cookies.clear(ctx, SESSION_COOKIE)
}

/** Loads the signed-in person and their chosen language into `ctx.state`, and clears the cookie of a session that is over. */
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
 * Guards a write that uses a session cookie: it must come from a page of this site with the session's token, masked as pages carry it.
 * @throws ServiceError `forbidden`, `csrf_token_missing`
 */
export function assertIntended(ctx: SiteContext, publicUrl: string, givenToken: string): void {
  assertSameOrigin(ctx, publicUrl)
  const { csrfToken } = ctx.state
  if (csrfToken === null || equalSecrets(unmaskCsrfToken(givenToken), csrfToken)) return
  throw new ServiceError('csrf_token_missing', 'The CSRF token is missing or belongs to another session.', {
    hint: 'Reload the page and submit the form again. A program must send the X-CSRF-Token header or use an API key.',
  })
}
