import type { Accounts } from '../../../accounts/accounts.ts'
import { FLOW_MS, type OpenId } from '../../../accounts/open-id.ts'
import { OpenIdFailure } from '../../../accounts/open-id-failure.ts'
import type { Log } from '../../../log.ts'
import { isPrefetch } from '../../shell/prefetch.ts'
import { clientNetwork } from '../../shell/client-address.ts'
import { keysOfTry } from '../../shell/device.ts'
import type { SignInFailures } from '../../shell/sign-in-failures.ts'
import { seeOther, sitePathOr } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { completeSignIn, hasPeople } from './complete-sign-in.ts'
import { OpenIdFailedPage } from './open-id-failed-page.tsx'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderPage } from '../kit/render-page.tsx'

export interface OpenIdDeps {
  accounts: Pick<Accounts, 'activePeopleOf' | 'signInAs' | 'endSession' | 'findDevice' | 'noteFailedSignIn'>
  failures: SignInFailures
  openId: OpenId
  log: Log
}

/** Binds a sign-in to the browser that started it. */
const FLOW_COOKIE = 'fulcrum_oidc'

/** The browser's way to the provider and back. */
export function openIdRoutes(deps: OpenIdDeps): PageRoute[] {
  return [
    page.get('/sign-in/oidc', { access: 'public' }, (ctx) => orSayWhy(ctx, deps, () => begin(ctx, deps))),
    page.get('/sign-in/oidc/callback', { access: 'public' }, (ctx) => orSayWhy(ctx, deps, () => finish(ctx, deps))),
  ]
}

async function orSayWhy(ctx: SiteContext, { log }: OpenIdDeps, go: () => Promise<void>): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  ctx.set('Referrer-Policy', 'no-referrer')
  if (isPrefetch(ctx)) {
    ctx.body = null
    return
  }
  try {
    await go()
  } catch (error) {
    if (!(error instanceof OpenIdFailure)) throw error
    log.warn({ reason: error.reason, err: error }, 'signIn.openIdFailed')
    renderPage(ctx, <OpenIdFailedPage reason={error.reason} />, { status: 400 })
  }
}

async function begin(ctx: SiteContext, { openId }: OpenIdDeps): Promise<void> {
  const { url, flow } = await openId.begin(sitePathOr(ctx.query['next'], '/'))
  ctx.state.cookies.set(ctx, FLOW_COOKIE, flow, { maxAgeMs: FLOW_MS })
  seeOther(ctx, url)
}

async function finish(ctx: SiteContext, { accounts, failures, openId }: OpenIdDeps): Promise<void> {
  const flow = ctx.state.cookies.get(ctx, FLOW_COOKIE)
  ctx.state.cookies.clear(ctx, FLOW_COOKIE)
  let failure = new OpenIdFailure('unknownPerson')
  const prove = async () => {
    try {
      const { email, next } = await openId.finish(ctx.search, flow)
      const people = await accounts.activePeopleOf(email)
      return hasPeople(people) ? { people, next } : null
    } catch (error) {
      if (!(error instanceof OpenIdFailure) || error.reason === 'unreachable') throw error
      failure = error
      return null
    }
  }
  const network = clientNetwork(ctx)
  const onLimit = () => void accounts.noteFailedSignIn({ network, email: null, reason: 'limited' })
  const proven = await failures.guard(await keysOfTry(ctx, accounts, null), prove, onLimit)
  if (proven) return completeSignIn(ctx, accounts, proven.people, { by: 'openId', next: sitePathOr(proven.next, '/') })
  await accounts.noteFailedSignIn({
    network,
    email: null,
    reason: failure.reason === 'unknownPerson' ? 'unknown_person' : 'open_id_failed',
  })
  throw failure
}
