import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { AuthorizationFailure } from '../../connection/authorization-failure.ts'
import type { Connections } from '../../connection/connections.ts'
import { isLoadedAhead } from '../loaded-ahead.ts'
import { signIn } from '../middleware/session.ts'
import { seeOther } from '../see-other.ts'
import type { SiteContext } from '../site-state.ts'
import { AuthorizationFailedPage } from './authorization-failed-page.tsx'
import { page, type PageRoute } from './page-route.ts'
import { renderPage } from './render-page.tsx'

export interface LeverCallbackDeps {
  accounts: Pick<Accounts, 'startSession'>
  connections: Pick<Connections, 'openAuthorization' | 'finishAuthorization'>
}

/** Binds an authorization to the browser in which it was begun. */
const BROWSER_COOKIE = 'fulcrum_authorize'
const BROWSER_COOKIE_MS = 10 * 60_000

/** A parameter given twice, or far too long, is as good as none. */
const parameter = z.string().min(1).max(4096).optional().catch(undefined)
const Returned = z.object({ state: parameter, code: parameter, error: parameter, error_description: parameter })

/** The browser's way to Lever's consent page, and back. */
export function leverCallbackRoutes(deps: LeverCallbackDeps): PageRoute[] {
  return [
    page.get('/connect/lever/:token', { access: 'public' }, (ctx) => onlyByOpening(ctx, () => start(ctx, deps, ctx.params['token'] ?? ''))),
    page.get('/oauth/lever/callback', { access: 'public' }, (ctx) => onlyByOpening(ctx, () => finish(ctx, deps))),
  ]
}

/** Addresses that work once are not used up by a `HEAD`, nor by a browser that loads ahead. */
async function onlyByOpening(ctx: SiteContext, open: () => Promise<void>): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  ctx.set('Referrer-Policy', 'no-referrer')
  if (isLoadedAhead(ctx)) {
    ctx.body = null
    return
  }
  try {
    await open()
  } catch (error) {
    if (!(error instanceof AuthorizationFailure)) throw error
    renderPage(ctx, <AuthorizationFailedPage failure={error} />, { status: error.status })
  }
}

async function start(ctx: SiteContext, { accounts, connections }: LeverCallbackDeps, token: string): Promise<void> {
  const { organization, personId, browserToken, leverUrl } = await connections.openAuthorization(token)
  ctx.state.cookies.set(ctx, BROWSER_COOKIE, browserToken, { maxAgeMs: BROWSER_COOKIE_MS })
  if (ctx.state.caller?.personId !== personId) signIn(ctx, await accounts.startSession(organization, personId, { by: 'link' }))
  seeOther(ctx, leverUrl)
}

async function finish(ctx: SiteContext, { connections }: LeverCallbackDeps): Promise<void> {
  const { state, code, error, error_description: errorDescription } = Returned.parse({ ...ctx.query })
  const browserToken = ctx.state.cookies.get(ctx, BROWSER_COOKIE)
  await connections.finishAuthorization({ state, code, error, errorDescription, browserToken })
  ctx.state.cookies.clear(ctx, BROWSER_COOKIE)
  seeOther(ctx, '/settings/ats/webhooks')
}
