import { z } from 'zod'
import type { Accounts } from '../../../accounts/accounts.ts'
import type { OpenId } from '../../../accounts/open-id.ts'
import type { OpenSignInLink } from '../../../accounts/sign-in-links.ts'
import { TypedPassword } from '../../../accounts/password-hash.ts'
import { ServiceError } from '../../../errors.ts'
import { isPrefetch } from '../../shell/prefetch.ts'
import { ContinueForm, isContinueToken, issueContinueToken } from '../../shell/continue-token.ts'
import { clientNetwork } from '../../shell/client-address.ts'
import { parseForm } from '../../shell/page-session.ts'
import { isLoopbackRequest } from '../../shell/same-origin.ts'
import { replaceSession, signOut } from '../../shell/session.ts'
import { keysOfTry } from '../../shell/device.ts'
import type { SignInFailures } from '../../shell/sign-in-failures.ts'
import { seeOther, sitePathOr } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { ContinuePage } from '../site/continue-page.tsx'
import { completeSignIn, hasPeople } from './complete-sign-in.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderPage } from '../kit/render-page.tsx'
import { SignInPage, SpentLinkPage, type SamplePerson } from './sign-in-page.tsx'

export interface SignInDeps {
  accounts: Accounts
  failures: SignInFailures
  /** Null without sign-in by OpenID Connect. */
  openId: OpenId | null
  /** Set only for a trial on a local machine. */
  samplePeople: (() => Promise<SamplePerson[]>) | undefined
  publicUrl: string
}

/** Sign-in by password, by link or as a sample person; and sign-out. */
export function signInRoutes(deps: SignInDeps): PageRoute[] {
  return [
    page.get('/sign-in', { access: 'public' }, (ctx) => {
      const next = sitePathOr(ctx.query['next'], '/')
      return ctx.state.caller ? seeOther(ctx, next) : showSignIn(ctx, deps, { next })
    }),
    page.post('/sign-in', { access: 'public' }, (ctx) => signInByPassword(ctx, deps)),
    page.get('/sign-in/link/:token', { access: 'public' }, (ctx) => openLink(ctx, ctx.params['token'] ?? '', deps)),
    page.post('/sign-in/link/:token', { access: 'public' }, (ctx) => continueLink(ctx, ctx.params['token'] ?? '', deps)),
    page.post('/sign-in/sample', { access: 'public' }, (ctx) => signInAsSample(ctx, deps)),
    page.post('/sign-out', { access: 'public', bare: true }, async (ctx) => {
      if (ctx.state.caller) await deps.accounts.endSession(ctx.state.caller.sessionId)
      signOut(ctx)
      seeOther(ctx, '/sign-in')
    }),
  ]
}

async function showSignIn(ctx: SiteContext, deps: SignInDeps, { next, email }: { next: string; email?: string }): Promise<void> {
  const samplePeople = isLoopbackRequest(ctx, deps.publicUrl) ? ((await deps.samplePeople?.()) ?? []) : []
  const provider = deps.openId?.name ?? null
  renderPage(ctx, <SignInPage {...{ next, provider, samplePeople }} refused={email} />, { status: email === undefined ? 200 : 422 })
}

const PasswordForm = z.object({ email: z.string().max(1000), password: TypedPassword, next: z.string().optional() })

async function signInByPassword(ctx: SiteContext, deps: SignInDeps): Promise<void> {
  const { accounts, failures } = deps
  const { email, password, next: wanted } = parseForm(ctx, PasswordForm)
  const next = sitePathOr(wanted, '/')
  const prove = async () => {
    const proven = await accounts.provePassword(email, password)
    return hasPeople(proven) ? proven : null
  }
  const network = clientNetwork(ctx)
  const onLimit = () => {
    void accounts.noteTooManyTries(email)
    void accounts.noteFailedSignIn({ network, email, reason: 'limited' })
  }
  const people = await failures.guard(await keysOfTry(ctx, accounts, email), prove, onLimit)
  if (people === null) {
    await accounts.noteFailedSignIn({ network, email, reason: 'wrong_password' })
    return showSignIn(ctx, deps, { next, email })
  }
  return completeSignIn(ctx, accounts, people, { by: 'password', next })
}

/** A `HEAD` or a browser that loads ahead does not use the link up, and neither does a page that asks first. */
async function openLink(ctx: SiteContext, token: string, deps: SignInDeps): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  if (isPrefetch(ctx)) {
    ctx.body = null
    return
  }
  const link = await deps.accounts.findOpenSignInLink(token)
  const isSwap = ctx.state.caller !== null && ctx.state.caller.personId !== link?.personId
  if (link && (link.asksFirst || isSwap)) askToContinue(ctx, link)
  else await redeemLink(ctx, token, deps)
}

async function continueLink(ctx: SiteContext, token: string, deps: SignInDeps): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  const link = await deps.accounts.findOpenSignInLink(token)
  if (link && !isContinueToken(ctx, parseForm(ctx, ContinueForm).continue)) askToContinue(ctx, link, 403)
  else await redeemLink(ctx, token, deps, { isPressed: true })
}

function askToContinue(ctx: SiteContext, { organizationName, personName }: OpenSignInLink, status = 200): void {
  const token = issueContinueToken(ctx)
  renderPage(ctx, <ContinuePage purpose="signIn" {...{ organizationName, personName, token }} />, { status })
}

/** A valid link cannot be guessed, so it is accepted however often its address has failed. */
async function redeemLink(ctx: SiteContext, token: string, { accounts, failures }: SignInDeps, { isPressed = false } = {}): Promise<void> {
  const redemption = await accounts.redeemSignInLink(token, { isPressed })
  if (redemption.outcome === 'signedIn') {
    await replaceSession(ctx, accounts, redemption.session)
    return seeOther(ctx, sitePathOr(redemption.path, '/'))
  }
  const email = redemption.account?.email ?? null
  await accounts.noteFailedSignIn({ network: clientNetwork(ctx), email, reason: email === null ? 'unknown_link' : 'spent_link' })
  await failures.count(await keysOfTry(ctx, accounts, email))
  renderPage(ctx, <SpentLinkPage />, { status: 400 })
}

async function signInAsSample(ctx: SiteContext, deps: SignInDeps): Promise<void> {
  if (!deps.samplePeople || !isLoopbackRequest(ctx, deps.publicUrl))
    throw new ServiceError('not_found', 'This service has no sample people.')
  const { personId, next } = parseForm(ctx, z.object({ personId: z.string(), next: z.string().optional() }))
  const person = (await deps.samplePeople()).find((sample) => sample.personId === personId)
  if (!person) throw new ServiceError('not_found', 'There is no such sample person.')
  await replaceSession(ctx, deps.accounts, await deps.accounts.startSession(person.organization, person.personId, { by: 'sample' }))
  seeOther(ctx, sitePathOr(next, '/'))
}
