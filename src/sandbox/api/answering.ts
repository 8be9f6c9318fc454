/** Wraps the API and the token endpoint: request log, latency, faults, and errors in Lever's form. */
import type { Middleware } from 'koa'
import type { SandboxContext, SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { applyFault } from '../control/apply-fault.ts'
import { wait } from '../wait.ts'
import { LeverError } from './lever-error.ts'
import { readBytes } from './request-body.ts'

export function apiAnswering(world: World): Middleware<SandboxState> {
  return async (ctx: SandboxContext, next) => {
    const path = ctx.path.replace(/^\/v1(?=\/|$)/, '')
    const entry = world.requests.open({
      at: world.now(),
      method: ctx.method,
      path: path.replace(/(.)\/$/, '$1'),
      query: queryObject(ctx.querystring),
    })
    ctx.state.entry = entry
    ctx.set({ server: 'lever-data-api', 'x-lever-region': 'global' })
    ctx.state.bytes = await readBytes(ctx.req)
    if (world.settings.latencyMs > 0) await wait(world.settings.latencyMs, world.stopping)
    const effect = (): Promise<void> => leverErrors(world, ctx, next)
    const { cleared } = world.faults
    const fault = world.faults.take({ method: ctx.method, path, query: ctx.querystring })
    if (fault) {
      entry.fault = fault.kind
      await applyFault(ctx, fault, effect, { stopping: world.stopping, cleared })
    } else {
      await effect()
    }
    entry.status = ctx.respond === false ? null : ctx.status
  }
}

async function leverErrors(world: World, ctx: SandboxContext, next: () => Promise<unknown>): Promise<void> {
  try {
    if (isMoved(world, ctx)) return
    await next()
    if (ctx.status === 404 && ctx.body === undefined) throw notThere(ctx)
  } catch (error) {
    if (!(error instanceof LeverError)) throw error
    ctx.status = error.status
    ctx.body = error.bodyIn(world.settings.answers)
  }
}

/** Redirects every API call, including unauthenticated ones. */
function isMoved({ settings: { movedTo } }: World, ctx: SandboxContext): boolean {
  if (!movedTo || !ctx.path.startsWith('/v1/')) return false
  ctx.status = movedTo.status
  ctx.set('location', movedTo.url + ctx.url.slice('/v1'.length))
  ctx.body = ''
  return true
}

/** 405 for a path that exists for other methods (inferred). */
function notThere(ctx: SandboxContext): LeverError {
  const others = ctx['matched'] as unknown[] | undefined
  return others?.length ? new LeverError(405, `${ctx.method} is not allowed`) : new LeverError(404, `${ctx.path} does not exist`)
}

function queryObject(querystring: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  for (const [name, value] of new URLSearchParams(querystring))
    query[name] = name in query ? [query[name] as string | string[], value].flat() : value
  return query
}
