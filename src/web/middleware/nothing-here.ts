import type { Middleware, ParameterizedContext } from 'koa'
import { ServiceError } from '../../errors.ts'
import type { SiteContext, SiteState } from '../site-state.ts'

/** What no route has answered: an address with other methods, or none at all. Comes after every router. */
export function nothingHere(): Middleware<SiteState> {
  return async (ctx, next) => {
    await next()
    if (ctx.status !== 404 || (ctx.body !== undefined && ctx.body !== null)) return
    const methods = methodsHere(ctx)
    if (methods.length === 0) throw new ServiceError('not_found', 'There is nothing at this address.')
    answerOtherMethod(ctx, methods)
  }
}

/**
 * Of an address that takes `methods` alone.
 * @throws ServiceError `method_not_allowed`, but for `OPTIONS`
 */
export function answerOtherMethod(ctx: ParameterizedContext, methods: readonly string[]): void {
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (ctx.method !== 'OPTIONS')
    throw new ServiceError('method_not_allowed', `${ctx.method} is not possible here.`, { headers: { Allow: allow } })
  ctx.set('Allow', allow)
  ctx.status = 204
}

/** Of the routers that saw the request: what its path takes. */
function methodsHere(ctx: SiteContext): string[] {
  const { matched } = ctx as { matched?: { methods: string[] }[] }
  return [...new Set((matched ?? []).flatMap(({ methods }) => methods))].toSorted()
}
