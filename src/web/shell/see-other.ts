import { isSitePath } from '../../accounts/site-path.ts'
import type { SiteContext } from './site-state.ts'

/** Redirects the browser by `GET`, such as after a form. Sends no body, so that no proxy shows one. */
export function seeOther(ctx: SiteContext, address: string): void {
  ctx.set('Location', address.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent))
  ctx.set('Cache-Control', 'no-store')
  ctx.body = null
  ctx.status = 303
}

/** Returns `path` if it is a path of this site, as a `next` from outside must be; otherwise `fallback`. */
export function sitePathOr(path: unknown, fallback: string): string {
  return typeof path === 'string' && isSitePath(path) ? path : fallback
}
