import Router from '@koa/router'
import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { EmailAddress } from '../../accounts/email-address.ts'
import { NewPassword, TypedPassword } from '../../accounts/password-hash.ts'
import { Name } from '../api/organizations.ts'
import { parseForm } from '../middleware/page-session.ts'
import { signIn } from '../middleware/session.ts'
import type { SignInFailures } from '../middleware/sign-in-failures.ts'
import { seeOther } from '../see-other.ts'
import type { SiteContext, SiteState } from '../site-state.ts'
import { renderPage } from './render-page.tsx'
import { SetUpPage, SpentSetUpPage, type SetUpField } from './set-up-page.tsx'

export interface SetUpDeps {
  accounts: Pick<Accounts, 'isSetUpOpen' | 'setUpFirstAdmin'>
  failures: SignInFailures
}

const typed = z.string().max(1000).default('')
const SetUpForm = z.object({ organizationName: typed, sourceName: typed, name: typed, email: typed, password: TypedPassword })
const SetUpInput = z.object({ organizationName: Name, sourceName: Name, name: Name, email: EmailAddress, password: NewPassword })

/** The page of the link that the first start prints: the first organization and its admin. */
export function setUpRouter(deps: SetUpDeps): Router<SiteState> {
  const router = new Router<SiteState>({ prefix: '/set-up' })
  router.use('/:token', async (ctx, next) => {
    ctx.set('Referrer-Policy', 'no-referrer')
    await deps.failures.assertMayTry(ctx.ip)
    if (await deps.accounts.isSetUpOpen(ctx.params['token'] ?? '')) return next()
    await deps.failures.note(ctx.ip)
    return refuse(ctx)
  })
  router.get('/:token', (ctx) => renderPage(ctx, <SetUpPage />))
  router.post('/:token', (ctx) => setUp(ctx, ctx.params['token'] ?? '', deps))
  return router
}

async function setUp(ctx: SiteContext, token: string, { accounts }: SetUpDeps): Promise<void> {
  const fields = parseForm(ctx, SetUpForm)
  const parsed = SetUpInput.safeParse(fields)
  if (!parsed.success) {
    const wrong = [...new Set(parsed.error.issues.map(({ path }) => path[0] as SetUpField))]
    return renderPage(ctx, <SetUpPage typed={fields} wrong={wrong} />, { status: 422 })
  }
  const session = await accounts.setUpFirstAdmin(token, parsed.data)
  if (session === null) return refuse(ctx)
  signIn(ctx, session)
  return seeOther(ctx, '/settings/ats')
}

function refuse(ctx: SiteContext): void {
  renderPage(ctx, <SpentSetUpPage />, { status: 400 })
}
