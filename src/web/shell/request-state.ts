import { randomUUID } from 'node:crypto'
import type { Middleware } from 'koa'
import { isLanguage, LANGUAGES, type Language } from './languages.ts'
import type { SiteContext, SiteState } from './site-state.ts'
import type { SiteCookies } from './site-cookies.ts'

export const LANGUAGE_COOKIE = 'fulcrum_language'

/** Gives each request its own id (ignoring one that the client sends), its language and this site's cookies. */
export function requestState(cookies: SiteCookies): Middleware<SiteState> {
  return async (ctx, next) => {
    ctx.state.requestId = randomUUID()
    ctx.set('X-Request-Id', ctx.state.requestId)
    ctx.state.cookies = cookies
    ctx.state.language = languageOf(ctx, cookies)
    ctx.state.requester = null
    ctx.state.caller = null
    ctx.state.csrfToken = null
    ctx.state.unaskedPath = null
    ctx.state.canSwitch = false
    ctx.state.organizationName = null
    await next()
  }
}

function languageOf(ctx: SiteContext, cookies: SiteCookies): Language {
  const chosen = chosenLanguage(ctx, cookies)
  if (chosen !== null) return chosen
  const preferred = ctx.acceptsLanguages([...LANGUAGES])
  return isLanguage(preferred) ? preferred : 'en'
}

/** Returns the language chosen in this browser. */
export function chosenLanguage(ctx: SiteContext, cookies: SiteCookies): Language | null {
  const chosen = cookies.get(ctx, LANGUAGE_COOKIE)
  return isLanguage(chosen) ? chosen : null
}
