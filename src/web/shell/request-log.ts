import type { Middleware } from 'koa'
import { actorOf, type Caller } from '../../accounts/caller.ts'
import type { SiteContext, SiteState } from './site-state.ts'

/** One request, for metrics. `route` is the pattern, so that it has few values. */
export interface ServedRequest {
  method: string
  route: string
  status: number
  durationMs: number
}

/** Records an answered request in log and metrics; `ids` identify the request and its caller. */
export type NoteServed = (served: ServedRequest, ids: Record<string, string>) => void

/**
 * Logs one line per request with the route's pattern and ids. Paths and queries are left out, since they may hold tokens, and so is
 * personal data.
 */
export function requestLog(noteServed: NoteServed): Middleware<SiteState> {
  return async (ctx, next) => {
    const startedAt = performance.now()
    await next()
    const durationMs = Math.round(performance.now() - startedAt)
    const { requester, caller, requestId } = ctx.state
    const ids = { requestId, ...describeRequester(requester ?? caller) }
    noteServed({ method: ctx.method, route: routeOf(ctx), status: ctx.status, durationMs }, ids)
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
