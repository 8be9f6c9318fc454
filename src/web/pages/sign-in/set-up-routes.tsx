import { z } from 'zod'
import type { Accounts } from '../../../accounts/accounts.ts'
import { EmailAddress } from '../../../accounts/email-address.ts'
import { TypedPassword } from '../../../accounts/password-hash.ts'
import { faultOfPassword } from '../../../accounts/password-rules.ts'
import { Name } from '../../api/organizations.ts'
import { clientNetwork } from '../../shell/client-address.ts'
import { parseForm } from '../../shell/page-session.ts'
import { replaceSession } from '../../shell/session.ts'
import type { SignInFailures } from '../../shell/sign-in-failures.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { RouteContext } from '../../shell/mount-routes.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderPage } from '../kit/render-page.tsx'
import { SetUpPage, SpentSetUpPage, type SetUpField } from './set-up-page.tsx'

export interface SetUpDeps {
  accounts: Pick<Accounts, 'isSetUpOpen' | 'setUpFirstAdmin' | 'endSession'>
  failures: SignInFailures
}

const typed = z.string().max(1000).default('')
const SetUpForm = z.object({ organizationName: typed, sourceName: typed, name: typed, email: typed, password: TypedPassword })
const SetUpInput = z.object({ organizationName: Name, sourceName: Name, name: Name, email: EmailAddress })

/** The page of the setup link that the first start prints: creates the first organization and its admin. */
export function setUpRoutes(deps: SetUpDeps): PageRoute[] {
  return [
    page.get('/set-up/:token', { access: 'public' }, (ctx) => withOpenLink(ctx, deps, () => renderPage(ctx, <SetUpPage />))),
    page.post('/set-up/:token', { access: 'public' }, (ctx) => withOpenLink(ctx, deps, () => setUp(ctx, tokenOf(ctx), deps))),
  ]
}

async function withOpenLink(ctx: RouteContext, { accounts, failures }: SetUpDeps, go: () => void | Promise<void>): Promise<void> {
  if (await accounts.isSetUpOpen(tokenOf(ctx))) return go()
  await failures.count([`address ${clientNetwork(ctx)}`])
  return refuse(ctx)
}

const tokenOf = (ctx: RouteContext): string => ctx.params['token'] ?? ''

async function setUp(ctx: SiteContext, token: string, { accounts }: SetUpDeps): Promise<void> {
  const fields = parseForm(ctx, SetUpForm)
  const parsed = SetUpInput.safeParse(fields)
  const { password, ...names } = fields
  const passwordFault = (await faultOfPassword(password, Object.values(names))) ?? undefined
  if (!parsed.success || passwordFault) {
    const wrong = [...new Set(parsed.error?.issues.map(({ path }) => path[0] as SetUpField))]
    return renderPage(ctx, <SetUpPage typed={fields} wrong={wrong} passwordFault={passwordFault} />, { status: 422 })
  }
  const session = await accounts.setUpFirstAdmin(token, { ...parsed.data, password })
  if (session === null) return refuse(ctx)
  await replaceSession(ctx, accounts, session)
  return seeOther(ctx, '/settings/ats')
}

function refuse(ctx: SiteContext): void {
  renderPage(ctx, <SpentSetUpPage />, { status: 400 })
}
