import type { Middleware } from 'koa'
import { isAdmitted } from '../middleware/require-person.ts'
import { mountRoutes, type Route, type RouteContext } from '../mount-routes.ts'
import type { SiteState } from '../site-state.ts'

/**
 * `public`: everybody, also signed out; a route that takes a key or a token of its own checks it itself. `sourcer`, `admin`: the least role
 * of the person who is signed in.
 */
export type PageAccess = 'public' | 'sourcer' | 'admin'

export interface PageRoute extends Route<PageAccess> {
  method: 'get' | 'post'
  handle: (ctx: RouteContext) => unknown
}

const LEVELS: readonly PageAccess[] = ['public', 'sourcer', 'admin']

/** Declares a route of a page: `page.get('/settings/people', { access: 'admin' }, (ctx) => …)`. */
export const page = { get: declare('get'), post: declare('post') }

function declare(method: PageRoute['method']) {
  return (path: string, { access }: { access: PageAccess }, handle: PageRoute['handle']): PageRoute => ({ method, path, access, handle })
}

/** Mounts the routes of pages, each with the check of its `access` right before its handler. @throws Error as {@link mountRoutes} */
export function mountPages(routes: readonly PageRoute[]): Middleware<SiteState> {
  return mountRoutes(routes, LEVELS, async (ctx, { access, handle }) => {
    if (isAdmitted(ctx, access)) await handle(ctx)
  })
}
