/** Makes one request fail. The sandbox's README describes each kind of fault. */
import { once } from 'node:events'
import { errorBodyFor } from '../api/lever-error.ts'
import type { SandboxContext } from '../sandbox-state.ts'
import { wait } from '../wait.ts'
import type { Fault } from './fault-box.ts'

/** `effect` performs the request and puts the answer on `ctx`. */
export async function applyFault(
  ctx: SandboxContext,
  fault: Fault,
  effect: () => Promise<void>,
  { stopping, cleared }: { stopping: AbortSignal; cleared: AbortSignal },
): Promise<void> {
  if (fault.kind.endsWith('After') || fault.kind === 'statusAfterEffect') await effect()
  const held = AbortSignal.any([stopping, cleared])
  switch (fault.kind) {
    case 'status':
    case 'statusAfterEffect':
      if (fault.delayMs !== undefined) await wait(fault.delayMs, held)
      return answerStatus(ctx, fault)
    case 'redirect':
      return answerRedirect(ctx, fault)
    case 'resetBefore':
    case 'resetAfter':
      return reset(ctx)
    case 'hangBefore':
    case 'hangAfter':
      return hang(ctx, fault.delayMs, stopping)
    case 'lateEffect':
      return lateEffect(ctx, fault, effect, stopping)
    case 'slow':
      await effect()
      return wait(fault.delayMs ?? 1000, held)
    default:
      await effect()
      return spoil(ctx, fault)
  }
}

function answerStatus(ctx: SandboxContext, fault: Fault): void {
  const status = fault.status ?? 503
  ctx.status = status
  ctx.body = fault.body ?? errorBodyFor(status)
  if (fault.headers) ctx.set(fault.headers)
}

/** Redirects to the same address unless `headers.location` is given. */
function answerRedirect(ctx: SandboxContext, fault: Fault): void {
  ctx.status = fault.status ?? 307
  ctx.set({ location: ctx.href, ...fault.headers })
  ctx.body = fault.body ?? ''
}

function reset(ctx: SandboxContext): void {
  ctx.respond = false
  ctx.req.socket.resetAndDestroy()
}

/** Waits until the caller gives up, or for `delayMs`; then the connection is reset. */
async function hang(ctx: SandboxContext, delayMs: number | undefined, stopping: AbortSignal): Promise<void> {
  ctx.respond = false
  const { socket } = ctx.req
  if (!socket.destroyed) {
    const closed = once(socket, 'close', { signal: stopping }).catch(() => {})
    await (delayMs === undefined ? closed : Promise.race([closed, wait(delayMs, stopping)]))
  }
  socket.resetAndDestroy()
}

/** The caller sees a reset (or nothing, with `hang`), and the request takes effect `delayMs` later. */
async function lateEffect(ctx: SandboxContext, fault: Fault, effect: () => Promise<void>, stopping: AbortSignal): Promise<void> {
  const delayMs = fault.delayMs ?? 1000
  if (fault.hang) void hang(ctx, undefined, stopping)
  else reset(ctx)
  await wait(delayMs, stopping)
  if (!stopping.aborted) await effect()
}

/** The request took effect, but the answer cannot be read. */
function spoil(ctx: SandboxContext, fault: Fault): void {
  const whole = Buffer.from(typeof ctx.body === 'string' ? ctx.body : JSON.stringify(ctx.body ?? {}))
  if (fault.kind === 'truncate') {
    ctx.respond = false
    ctx.res.writeHead(ctx.status, { 'content-type': 'application/json; charset=utf-8', 'content-length': whole.length })
    ctx.res.write(whole.subarray(0, Math.floor(whole.length / 2)), () => ctx.req.socket.destroy())
    return
  }
  const { status } = ctx
  if (fault.kind === 'empty') ctx.body = ''
  if (fault.kind === 'html') ctx.body = '<!doctype html><title>Gateway</title><p>Please wait.</p>'
  if (fault.kind === 'noId') ctx.body = fault.body ?? { data: {} }
  ctx.type = fault.kind === 'html' ? 'html' : 'json'
  ctx.status = fault.status ?? status
  if (fault.headers) ctx.set(fault.headers)
}
