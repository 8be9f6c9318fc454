import { hashToken } from '../../secrets/opaque-token.ts'
import type { SiteContext } from './site-state.ts'

const PREFIX = 'fulcrum_authorize_'
const KEPT_MS = 10 * 60_000
/** Maximum of parallel flows in one browser, one per tab; beyond it, the oldest is dropped. */
const AT_ONCE = 8

/** Binds an authorization to this browser by its own cookie, so that several can run in parallel. */
export function bindFlow(ctx: SiteContext, state: string, browserToken: string): void {
  const { cookies } = ctx.state
  for (const name of cookies.names(ctx, PREFIX).slice(0, 1 - AT_ONCE)) cookies.clear(ctx, name)
  cookies.set(ctx, cookieOf(state), browserToken, { maxAgeMs: KEPT_MS })
}

/** Returns what {@link bindFlow} stored in this browser for the flow with this `state`. */
export function boundFlow(ctx: SiteContext, state: string): string | undefined {
  return ctx.state.cookies.get(ctx, cookieOf(state))
}

export function forgetFlow(ctx: SiteContext, state: string): void {
  if (boundFlow(ctx, state) !== undefined) ctx.state.cookies.clear(ctx, cookieOf(state))
}

/** Not the `state`, which is a secret. */
function cookieOf(state: string): string {
  return `${PREFIX}${hashToken(state).slice(0, 16)}`
}
