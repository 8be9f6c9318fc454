import Router from '@koa/router'
import type { Middleware } from 'koa'
import { answerOtherMethod } from './answer-not-found.ts'
import type { SiteContext, SiteState } from './site-state.ts'

export interface Route<Access extends string = string> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** The whole path, with parameters after a colon: `/candidates/:id`. */
  path: string
  /** Who may use the route. A route that does not say is not mounted. */
  access: Access
}

export type RouteContext = SiteContext & { params: Record<string, string> }

/**
 * Makes the one router of a set of routes; nothing else in `src/web` creates a router. A path matches as it is written: letter case,
 * encodings and slashes count. Where several patterns match, the one with the fewest parameters takes the path with all of its methods,
 * whatever the order of the routes; a method that it does not have is answered with 405.
 * @param levels what `access` may say
 * @param answer checks who may, then answers
 * @param answerOther answers a method that the path does not have; says what is possible unless given
 * @throws Error for a route that does not say who may use it, and for a second route with the same method and path
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
