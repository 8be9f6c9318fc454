import type { SiteContext } from './site-state.ts'

/** True for a `HEAD` and for a browser that loads ahead: neither uses up a one-time address. */
export function isPrefetch(ctx: SiteContext): boolean {
  return ctx.method === 'HEAD' || /prefetch/i.test(ctx.get('Sec-Purpose') + ctx.get('Purpose'))
}
