import type { SiteContext } from './site-state.ts'

/** True for a `HEAD` request and for a browser's prefetch: neither uses up a single-use address. */
export function isPrefetch(ctx: SiteContext): boolean {
  return ctx.method === 'HEAD' || /prefetch/i.test(ctx.get('Sec-Purpose') + ctx.get('Purpose'))
}
