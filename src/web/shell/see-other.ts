import { isSitePath } from '../../accounts/site-path.ts'
import type { SiteContext } from './site-state.ts'

/** Sends the browser on by `GET`: after a form, or where an address leads elsewhere. No body, so that no proxy shows one. */
export function seeOther(ctx: SiteContext, address: string): void {
  ctx.set('Location', address.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent))
  ctx.set('Cache-Control', 'no-store')
  ctx.body = null
  ctx.status = 303
}

/** `path` where it is one of this site, as a `next` from outside must be. */
export function sitePathOr(path: unknown, fallback: string): string {
  return typeof path === 'string' && isSitePath(path) ? path : fallback
}
