import type { Middleware, ParameterizedContext } from 'koa'
import { ServiceError } from '../../errors.ts'
import type { SiteState } from './site-state.ts'

/** Answers 404 if no route has answered. Comes before every router. */
export function answerNotFound(): Middleware<SiteState> {
  return async (ctx, next) => {
    await next()
    if (ctx.status !== 404 || (ctx.body !== undefined && ctx.body !== null)) return
    throw new ServiceError('not_found', 'There is nothing at this address.')
  }
}

/**
 * Answers a request to an address that takes only `methods`.
 * @throws ServiceError `method_not_allowed` with `Allow`, except for `OPTIONS`
 */
export function answerOtherMethod(ctx: ParameterizedContext, methods: readonly string[]): void {
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (ctx.method !== 'OPTIONS')
    throw new ServiceError('method_not_allowed', `${ctx.method} is not possible here.`, { headers: { Allow: allow } })
  ctx.set('Allow', allow)
  ctx.status = 204
}
