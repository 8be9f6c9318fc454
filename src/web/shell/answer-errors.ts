import type { Middleware } from 'koa'
import type { ServiceError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { isProgramAddress } from './program-address.ts'
import { toProblem, toServiceError } from './problem.ts'
import type { SiteContext, SiteState } from './site-state.ts'

const OF_THE_FAILED_ANSWER = ['Content-Encoding', 'Content-Disposition', 'Content-Length', 'ETag', 'Last-Modified']

/** Turns every error into an answer: a problem document for programs, and the page that `showError` renders for people. */
export function answerErrors(log: Log, showError: (ctx: SiteContext, error: ServiceError) => void): Middleware<SiteState> {
  return async (ctx, next) => {
    try {
      await next()
    } catch (thrown) {
      const { requestId } = ctx.state
      const error = noteFailure(log, requestId, thrown)
      for (const name of OF_THE_FAILED_ANSWER) ctx.remove(name)
      ctx.set(error.headers)
      if (prefersProblem(ctx)) {
        ctx.body = JSON.stringify(toProblem(error, requestId))
        ctx.status = error.status
        ctx.set('Content-Type', 'application/problem+json')
        ctx.set('Cache-Control', 'no-store')
      } else showError(ctx, error)
    }
  }
}

/** Returns the error to answer with, and logs it if it is a fault of the service. */
export function noteFailure(log: Log, requestId: string, thrown: unknown): ServiceError {
  const error = toServiceError(thrown)
  if (error.status >= 500 && error.code !== 'migrating') log.error({ requestId, err: error }, 'request failed')
  return error
}

function prefersProblem(ctx: SiteContext): boolean {
  return isProgramAddress(ctx.path) || ctx.accepts('text/html', 'application/json', 'application/problem+json') !== 'text/html'
}
