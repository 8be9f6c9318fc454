import type { Middleware } from 'koa'
import { z } from 'zod'
import { answerOtherMethod } from './answer-not-found.ts'
import { parseForm, type OfferToSendAgain } from './page-session.ts'
import { isAdmitted, type PageAccess } from './require-person.ts'
import { mountRoutes, type Route, type RouteContext } from './mount-routes.ts'
import { seeOther } from './see-other.ts'
import type { SiteState } from './site-state.ts'

export interface PageRoute extends Route<PageAccess> {
  method: 'get' | 'post'
  /** A form that is only a button: any field is refused. */
  bare: boolean
  handle: (ctx: RouteContext) => unknown
}

const LEVELS: readonly PageAccess[] = ['public', 'sourcer', 'admin']

/** Declares a route of a page: `page.get('/settings/people', { access: 'admin' }, (ctx) => …)`. */
export const page = { get: declare('get'), post: declare('post') }

function declare(method: PageRoute['method']) {
  return (path: string, { access, bare = false }: { access: PageAccess; bare?: boolean }, handle: PageRoute['handle']): PageRoute => ({
    method,
    path,
    access,
    bare,
    handle,
  })
}

/**
 * Mounts the routes of pages, each with the check of its `access` right before its handler. A browser that opens the URL of a form with
 * GET, such as after a sign-in, a reload or a change of language, is redirected to the parent page.
 * @throws Error as {@link mountRoutes}
 */
export function mountPages(routes: readonly PageRoute[], offerToSendAgain: OfferToSendAgain): Middleware<SiteState> {
  const readable = new Set(routes.filter(({ method }) => method === 'get').map(({ path }) => path))
  return mountRoutes(
    routes,
    LEVELS,
    async (ctx, { access, bare, handle }) => {
      if (!isAdmitted(ctx, access, offerToSendAgain)) return
      if (bare) parseForm(ctx, z.object({}))
      await handle(ctx)
    },
    (ctx, methods, path) => {
      const above = isOpenedByBrowser(ctx) ? pageAbove(path, ctx.params, readable) : null
      if (above === null) answerOtherMethod(ctx, methods)
      else seeOther(ctx, above)
    },
  )
}

function isOpenedByBrowser(ctx: RouteContext): boolean {
  return (ctx.method === 'GET' || ctx.method === 'HEAD') && ctx.accepts('application/json', 'text/html') === 'text/html'
}

/** Returns `/exports/batches/1` for `/exports/batches/:id/pause`; null if there is no parent page. */
function pageAbove(path: string, params: Readonly<Record<string, string>>, readable: ReadonlySet<string>): string | null {
  const above = path.slice(0, path.lastIndexOf('/')) || '/'
  if (readable.has(above)) return above.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  return above === '/' ? null : pageAbove(above, params, readable)
}
