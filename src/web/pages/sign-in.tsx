import Router from '@koa/router'
import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { ServiceError } from '../../errors.ts'
import { parseForm } from '../middleware/page-session.ts'
import { isLoopbackRequest } from '../middleware/same-origin.ts'
import { forgetSession, signIn } from '../middleware/session.ts'
import { createSignInFailures, type SignInFailures } from '../middleware/sign-in-failures.ts'
import { seeOther, sitePathOr } from '../see-other.ts'
import type { SiteContext, SiteState } from '../site-state.ts'
import { renderPage } from './render-page.tsx'
import { SignInPage, SpentLinkPage, type SamplePerson } from './sign-in-page.tsx'

export interface SignInDeps {
  accounts: Accounts
  /** Only where a trial runs on one's own machine. */
  samplePeople: (() => Promise<SamplePerson[]>) | undefined
}

/** Signing in and out. */
export function signInRouter(deps: SignInDeps): Router<SiteState> {
  const router = new Router<SiteState>()
  const failures = createSignInFailures()
  router.get('/sign-in', (ctx) => showSignIn(ctx, deps))
  router.get('/sign-in/link/:token', (ctx) => openLink(ctx, ctx.params['token'] ?? '', deps, failures))
  router.post('/sign-in/sample', (ctx) => signInAsSample(ctx, deps))
  router.post('/sign-out', async (ctx) => {
    if (ctx.state.caller) await deps.accounts.endSession(ctx.state.caller.sessionId)
    forgetSession(ctx)
    seeOther(ctx, '/sign-in')
  })
  return router
}

async function showSignIn(ctx: SiteContext, deps: SignInDeps): Promise<void> {
  const next = sitePathOr(ctx.query['next'], '/')
  if (ctx.state.caller) return seeOther(ctx, next)
  const samplePeople = isLoopbackRequest(ctx) ? ((await deps.samplePeople?.()) ?? []) : []
  renderPage(ctx, <SignInPage next={next} samplePeople={samplePeople} />)
}

/** Only a person's own opening uses the link up: not a `HEAD`, nor a browser that loads ahead. */
async function openLink(ctx: SiteContext, token: string, { accounts }: SignInDeps, failures: SignInFailures): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  if (ctx.method === 'HEAD' || /prefetch/i.test(ctx.get('Sec-Purpose') + ctx.get('Purpose'))) {
    ctx.body = null
    return
  }
  await failures.assertMayTry(ctx.ip)
  const redemption = await accounts.redeemSignInLink(token)
  if (redemption.outcome === 'signedIn') {
    signIn(ctx, redemption.session)
    return seeOther(ctx, redemption.path)
  }
  await failures.assertMayTry(redemption.personId)
  await failures.note(ctx.ip, redemption.personId)
  renderPage(ctx, <SpentLinkPage />, { status: 400 })
}

async function signInAsSample(ctx: SiteContext, deps: SignInDeps): Promise<void> {
  if (!deps.samplePeople || !isLoopbackRequest(ctx)) throw new ServiceError('not_found', 'There are no sample people here.')
  const { personId, next } = parseForm(ctx, z.object({ personId: z.string(), next: z.string().optional() }))
  const person = (await deps.samplePeople()).find((sample) => sample.personId === personId)
  if (!person) throw new ServiceError('not_found', 'There is no such sample person.')
  signIn(ctx, await deps.accounts.startSession(person.organization, person.personId))
  seeOther(ctx, sitePathOr(next, '/'))
}
