import type { Middleware } from 'koa'
import { actorOf, type Caller } from '../../accounts/caller.ts'
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
    const { requester, caller, requestId } = ctx.state
    log.info({ ...served, requestId, ...describeRequester(requester ?? caller) }, 'request')
  }
}

function routeOf(ctx: SiteContext): string {
  const matched = (ctx as { _matchedRoute?: unknown })._matchedRoute
  if (typeof matched === 'string') return matched
  return ctx.path.startsWith('/assets/') ? '/assets' : '(none)'
}

function describeRequester(requester: Caller | null): Record<string, string> {
  if (!requester) return {}
  return requester.kind === 'operator' ? { actor: 'operator' } : { organization: requester.organization, actor: actorOf(requester) }
}
