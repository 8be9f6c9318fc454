import { z } from 'zod'
import type { Accounts } from '../../../accounts/accounts.ts'
import { parseAddress, parseForm } from '../../shell/page-session.ts'
import { LANGUAGE_COOKIE } from '../../shell/request-state.ts'
import { seeOther, sitePathOr } from '../../shell/see-other.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { LANGUAGES } from '../../shell/languages.ts'

const YEAR_MS = 31_536_000_000
const Choice = z.object({ language: z.enum(LANGUAGES) })
const Back = z.object({ next: z.string().optional() })

/** The language switch of every page. A signed-in person's choice is stored for their other browsers. */
export function languageRoutes({ accounts }: { accounts: Pick<Accounts, 'setLanguage'> }): PageRoute[] {
  return [
    page.post('/language', { access: 'public' }, async (ctx) => {
      const { next } = parseAddress(ctx, Back)
      const { language } = parseForm(ctx, Choice)
      const { caller } = ctx.state
      if (caller) await accounts.setLanguage(caller.organization, caller.personId, language)
      ctx.state.cookies.set(ctx, LANGUAGE_COOKIE, language, { maxAgeMs: YEAR_MS })
      seeOther(ctx, sitePathOr(next, '/'))
    }),
  ]
}
