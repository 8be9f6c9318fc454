import Router from '@koa/router'
import type { Middleware } from 'koa'
import { answerOtherMethod } from './answer-not-found.ts'
import type { SiteContext, SiteState } from './site-state.ts'

export interface Route<Access extends string = string> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** The whole path, with parameters after a colon: `/candidates/:id`. */
  path: string
  /** The callers that may use the route. A route without it is not mounted. */
  access: Access
}

export type RouteContext = SiteContext & { params: Record<string, string> }

/**
 * Makes the only router for a set of routes; nothing else in `src/web` creates a router. Paths match exactly: letter case, encodings and
 * slashes count. If several patterns match, the one with the fewest parameters takes the path with all of its methods, regardless of the
 * order of the routes; a method that it lacks is answered with 405.
 * @param levels the values that `access` may have
 * @param answer checks access, then answers
 * @param answerOther answers a method that the path lacks; by default, lists the allowed ones
 * @throws Error for a route without valid access, and for a second route with the same method and path
 */
export function mountRoutes<Access extends string, R extends Route<Access>>(
  routes: readonly R[],
  levels: readonly Access[],
  answer: (ctx: RouteContext, route: R) => unknown,
  answerOther: (ctx: RouteContext, methods: readonly string[], path: string) => void = answerOtherMethod,
): Middleware<SiteState> {
  const router = new Router<SiteState>({ sensitive: true, strict: true, exclusive: 'specificity' })
  for (const [path, byMethod] of groupByPath(routes, levels)) {
    const methods = [...byMethod.keys()].toSorted()
    router.all(path, async (ctx) => {
      const route = byMethod.get(ctx.method)
      if (route) await answer(ctx, route)
      else answerOther(ctx, methods, path)
    })
  }
  return router.routes() as Middleware<SiteState>
}

function groupByPath<R extends Route>(routes: readonly R[], levels: readonly string[]): Map<string, Map<string, R>> {
  const paths = new Map<string, Map<string, R>>()
  for (const route of routes) {
    const { method, path, access } = route
    const name = `${method.toUpperCase()} ${path}`
    if (!levels.includes(access)) throw new Error(`${name} does not declare who may use it (access:  ${levels.join(', ')})`)
    const byMethod = paths.get(path) ?? new Map<string, R>()
    if (byMethod.has(method.toUpperCase())) throw new Error(`${name} is declared twice`)
    byMethod.set(method.toUpperCase(), route)
    if (method === 'get') byMethod.set('HEAD', route)
    paths.set(path, byMethod)
  }
  return paths
}
