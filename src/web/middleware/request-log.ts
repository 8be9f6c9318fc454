import type { Middleware } from 'koa'
import type { Log } from '../../log.ts'
import type { SiteContext, SiteState } from '../site-state.ts'

/** One request, for metrics: `route` is the pattern, so that its values are few. */
export interface ServedRequest {
  method: string
  route: string
  status: number
  durationMs: number
}

/** One line a request: the route's pattern and ids, no path or query (they may hold tokens) and nothing personal. */
export function requestLog(log: Log, observe: (request: ServedRequest) => void): Middleware<SiteState> {
  return async (ctx, next) => {
    const startedAt = performance.now()
    await next()
    const served = { method: ctx.method, route: routeOf(ctx), status: ctx.status, durationMs: Math.round(performance.now() - startedAt) }
    observe(served)
    const { caller, requestId } = ctx.state
    const who = caller ? { organization: caller.organization, person: caller.personId } : {}
    log.info({ ...served, requestId, ...who }, 'request')
  }
}

function routeOf(ctx: SiteContext): string {
  const matched = (ctx as { _matchedRoute?: unknown })._matchedRoute
  if (typeof matched === 'string') return matched
  return ctx.path.startsWith('/assets/') ? '/assets' : '(none)'
}
