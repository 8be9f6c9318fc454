import { hashToken } from '../../secrets/opaque-token.ts'
import type { SiteContext } from './site-state.ts'

const PREFIX = 'fulcrum_authorize_'
const KEPT_MS = 10 * 60_000
/** Flows under way in one browser, a tab each; beyond them the oldest is given up. */
const AT_ONCE = 8

/** Binds an authorization to this browser by a cookie of its own, so that several may be under way. */
export function bindFlow(ctx: SiteContext, state: string, browserToken: string): void {
  const { cookies } = ctx.state
  for (const name of cookies.names(ctx, PREFIX).slice(0, 1 - AT_ONCE)) cookies.clear(ctx, name)
  cookies.set(ctx, cookieOf(state), browserToken, { maxAgeMs: KEPT_MS })
}

/** What {@link bindFlow} left in this browser for the flow of that `state`. */
export function boundFlow(ctx: SiteContext, state: string): string | undefined {
  return ctx.state.cookies.get(ctx, cookieOf(state))
}

export function forgetFlow(ctx: SiteContext, state: string): void {
  if (boundFlow(ctx, state) !== undefined) ctx.state.cookies.clear(ctx, cookieOf(state))
}

/** Not the `state` itself, which is a secret. */
function cookieOf(state: string): string {
  return `${PREFIX}${hashToken(state).slice(0, 16)}`
}
