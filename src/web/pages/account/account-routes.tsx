import { z } from 'zod'
import type { Accounts } from '../../../accounts/accounts.ts'
import type { PersonCaller } from '../../../accounts/caller.ts'
import { TypedPassword } from '../../../accounts/password-hash.ts'
import { clientNetwork } from '../../shell/client-address.ts'
import { keepNotice } from '../../shell/flash.ts'
import { parseForm } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import { signIn, signOut } from '../../shell/session.ts'
import { keysOfTry, rememberDevice } from '../../shell/device.ts'
import type { SignInFailures } from '../../shell/sign-in-failures.ts'
import { seeOther, sitePathOr } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { AccountPage } from './account-page.tsx'
import { OrganizationsPage } from './organizations-page.tsx'
import { page, type PageRoute } from '../../shell/page-route.ts'
import type { PasswordRefusal, PasswordState } from './password-card.tsx'
import { PasswordPage } from './password-page.tsx'
import { renderPage } from '../kit/render-page.tsx'
import { accountTexts } from './texts-account.ts'

export interface AccountDeps {
  accounts: Pick<
    Accounts,
    | 'hasPassword' | 'maySetPasswordFreely' | 'changePassword' | 'noteTooManyTries' | 'noteFailedSignIn' | 'findDevice' | 'createDeviceMark'
    | 'listOwnSessions' | 'endOwnSessions' | 'openOrganizations' | 'switchOrganization'
  > // prettier-ignore
  failures: SignInFailures
}

const HERE = '/account'

/** Pages where people manage their own account: password, language, sessions, and the organization they work in. */
export function accountRoutes(deps: AccountDeps): PageRoute[] {
  const { accounts } = deps
  return [
    page.get(HERE, { access: 'sourcer' }, (ctx) => showAccount(ctx, deps)),
    page.get(`${HERE}/password`, { access: 'sourcer' }, async (ctx) =>
      renderPage(ctx, <PasswordPage state={await passwordState(accounts, personOf(ctx))} />),
    ),
    page.post(`${HERE}/password`, { access: 'sourcer' }, (ctx) => setPassword(ctx, deps)),
    page.post(`${HERE}/sign-out-everywhere`, { access: 'sourcer', bare: true }, async (ctx) => {
      await accounts.endOwnSessions(personOf(ctx))
      signOut(ctx)
      seeOther(ctx, '/sign-in')
    }),
    page.get(`${HERE}/organizations`, { access: 'sourcer' }, async (ctx) => {
      const next = sitePathOr(ctx.query['next'], '/')
      renderPage(ctx, <OrganizationsPage organizations={await accounts.openOrganizations(personOf(ctx))} next={next} />)
    }),
    page.post(`${HERE}/organizations`, { access: 'sourcer' }, (ctx) => chooseOrganization(ctx, deps)),
  ]
}

async function passwordState(accounts: AccountDeps['accounts'], caller: PersonCaller): Promise<PasswordState> {
  const [has, isFree] = await Promise.all([accounts.hasPassword(caller), accounts.maySetPasswordFreely(caller)])
  return has ? (isFree ? 'replaceable' : 'set') : isFree ? 'none' : 'noneAndLate'
}

async function showAccount(ctx: SiteContext, { accounts }: AccountDeps, refused?: PasswordRefusal): Promise<void> {
  const caller = personOf(ctx)
  const [state, sessions] = await Promise.all([passwordState(accounts, caller), accounts.listOwnSessions(caller)])
  renderPage(ctx, <AccountPage {...{ state, sessions, refused }} />, { status: refused ? 422 : 200 })
}

/** `welcome` is set in the form on the welcome page, which leads to the start page. */
const PasswordForm = z.object({
  current: TypedPassword.default(''),
  password: TypedPassword,
  welcome: z.literal('1').optional(),
  /** Tells a password manager whose password this is. */
  username: z.string().max(1000).optional(),
})

async function setPassword(ctx: SiteContext, deps: AccountDeps): Promise<void> {
  const { accounts, failures } = deps
  const caller = personOf(ctx)
  const { current, password, welcome } = parseForm(ctx, PasswordForm)
  const refuse = async (why: PasswordRefusal) => {
    if (welcome === undefined) return showAccount(ctx, deps, why)
    return renderPage(ctx, <PasswordPage state={await passwordState(accounts, caller)} refused={why} />, { status: 422 })
  }
  const change = async () => {
    const outcome = await accounts.changePassword(caller, { current, next: password })
    return outcome === 'wrongPassword' ? null : outcome
  }
  const [network, email] = [clientNetwork(ctx), caller.email]
  const onLimit = () => {
    void accounts.noteTooManyTries(email)
    void accounts.noteFailedSignIn({ network, email, reason: 'limited' })
  }
  const outcome = await failures.guard(await keysOfTry(ctx, accounts, email), change, onLimit)
  if (outcome === null) await accounts.noteFailedSignIn({ network, email, reason: 'wrong_current_password' })
  if (outcome !== 'changed') return refuse(outcome ?? 'wrong')
  rememberDevice(ctx, await accounts.createDeviceMark(caller))
  keepNotice(ctx, { look: 'ok', text: accountTexts(ctx.state.language).passwordSaved })
  return seeOther(ctx, welcome === undefined ? HERE : '/')
}

const Choice = z.object({ personId: z.string().regex(/^[0-9a-f]{24}$/), next: z.string().optional() })

async function chooseOrganization(ctx: SiteContext, { accounts }: AccountDeps): Promise<void> {
  const caller = personOf(ctx)
  const { personId, next } = parseForm(ctx, Choice)
  if (personId !== caller.personId) {
    const session = await accounts.switchOrganization(caller, personId)
    if (session === null) {
      keepNotice(ctx, { look: 'bad', text: accountTexts(ctx.state.language).notOpen })
      return seeOther(ctx, `${HERE}/organizations`)
    }
    signIn(ctx, session)
  }
  return seeOther(ctx, sitePathOr(next, '/'))
}
