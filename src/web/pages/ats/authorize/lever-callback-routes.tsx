import { z } from 'zod'
import type { Accounts } from '../../../../accounts/accounts.ts'
import { AuthorizationFailure } from '../../../../connection/authorization-failure.ts'
import type { Connections } from '../../../../connection/connections.ts'
import type { AskedAuthorization } from '../../../../connection/authorize.ts'
import { isPrefetch } from '../../../shell/prefetch.ts'
import { ContinueForm, isContinueToken, issueContinueToken } from '../../../shell/continue-token.ts'
import { bindFlow, boundFlow, forgetFlow } from '../../../shell/flow-cookies.ts'
import { parseForm } from '../../../shell/page-session.ts'
import { replaceSession } from '../../../shell/session.ts'
import { isDeliberateVisit } from '../../../shell/deliberate-visit.ts'
import { seeOther } from '../../../shell/see-other.ts'
import type { SiteContext } from '../../../shell/site-state.ts'
import { AuthorizationFailedPage } from './authorization-failed-page.tsx'
import { ContinuePage } from '../../site/continue-page.tsx'
import { LeverConnectedPage } from './lever-connected-page.tsx'
import { page, type PageRoute } from '../../../shell/page-route.ts'
import { renderPage } from '../../kit/render-page.tsx'

export interface LeverCallbackDeps {
  accounts: Pick<Accounts, 'startSession' | 'endSession'>
  connections: Pick<Connections, 'findAuthorization' | 'openAuthorization' | 'finishAuthorization'>
}

// Lever's parameters are never refused: a malformed, repeated or overlong one counts as missing, and the authorization then fails
const parameter = z.string().min(1).max(4096).optional().catch(undefined)
const Returned = z.object({ state: parameter, code: parameter, error: parameter, error_description: parameter })

/** The browser's way to Lever's consent page and back. */
export function leverCallbackRoutes(deps: LeverCallbackDeps): PageRoute[] {
  return [
    page.get('/connect/lever/:token', { access: 'public' }, (ctx) => onlyByOpening(ctx, () => open(ctx, deps, ctx.params['token'] ?? ''))),
    page.post('/connect/lever/:token', { access: 'public' }, (ctx) =>
      onlyByOpening(ctx, () => proceed(ctx, deps, ctx.params['token'] ?? '')),
    ),
    page.get('/oauth/lever/callback', { access: 'public' }, (ctx) => onlyByOpening(ctx, () => finish(ctx, deps))),
  ]
}

/** Neither `HEAD` nor a browser's prefetch uses up a single-use address. */
async function onlyByOpening(ctx: SiteContext, act: () => Promise<void>): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  if (isPrefetch(ctx)) {
    ctx.body = null
    return
  }
  try {
    await act()
  } catch (error) {
    if (!(error instanceof AuthorizationFailure)) throw error
    renderPage(ctx, <AuthorizationFailedPage failure={error} />, { status: error.status })
  }
}

/** Proceeds at once for the admin who owns the link and came here on purpose; others first see whose link it is. */
async function open(ctx: SiteContext, deps: LeverCallbackDeps, token: string): Promise<void> {
  const asked = await deps.connections.findAuthorization(token)
  if (ctx.state.caller?.personId === asked.personId && isDeliberateVisit(ctx, '/connect/lever/')) await start(ctx, deps, token)
  else askToContinue(ctx, asked)
}

async function proceed(ctx: SiteContext, deps: LeverCallbackDeps, token: string): Promise<void> {
  const asked = await deps.connections.findAuthorization(token)
  if (isContinueToken(ctx, parseForm(ctx, ContinueForm).continue)) await start(ctx, deps, token)
  else askToContinue(ctx, asked, 403)
}

function askToContinue(ctx: SiteContext, { organizationName, personName }: AskedAuthorization, status = 200): void {
  const token = issueContinueToken(ctx)
  renderPage(ctx, <ContinuePage purpose="connect" {...{ organizationName, personName, token }} />, { status })
}

async function start(ctx: SiteContext, { accounts, connections }: LeverCallbackDeps, token: string): Promise<void> {
  const { organization, personId, state, browserToken, leverUrl } = await connections.openAuthorization(token)
  bindFlow(ctx, state, browserToken)
  if (ctx.state.caller?.personId !== personId) {
    await replaceSession(ctx, accounts, await accounts.startSession(organization, personId, { by: 'link' }))
  }
  seeOther(ctx, leverUrl)
}

async function finish(ctx: SiteContext, { connections }: LeverCallbackDeps): Promise<void> {
  const { state, code, error, error_description: errorDescription } = Returned.parse({ ...ctx.query })
  const browserToken = state === undefined ? undefined : boundFlow(ctx, state)
  const { caller } = ctx.state
  const returned = { state, code, error, errorDescription, browserToken, personId: caller?.personId }
  const finished = await connections.finishAuthorization(returned).catch((failure: unknown) => {
    // the cookie of a failed flow; a flow that another tab is completing may still succeed
    if (state !== undefined && failure instanceof AuthorizationFailure && failure.why !== 'state_used') forgetFlow(ctx, state)
    throw failure
  })
  const isTheirs = caller === null || caller.personId === finished.personId
  if (isTheirs && !finished.isRepeat) seeOther(ctx, '/settings/ats/webhooks')
  else renderPage(ctx, <LeverConnectedPage organizationName={finished.organizationName} isTheirs={isTheirs} />)
}
