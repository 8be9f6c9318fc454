/** The control interface, which tests and developers use to change the sandbox. Serves this machine only. */
import { Router } from '@koa/router'
import type { SandboxContext, SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { accessControls } from './access-controls.ts'
import { ControlError, type Control } from './control-body.ts'
import { peopleControls } from './people-controls.ts'
import { webhookControls } from './webhook-controls.ts'
import { worldControls } from './world-controls.ts'

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/

export function controlRoutes(world: World): Router<SandboxState> {
  const router = new Router<SandboxState>({ prefix: '/control' })
  const control: Control = (method, path, act) => {
    router.register(path, [method], async (ctx: SandboxContext) => {
      await answer(ctx, async () => act(ctx, (ctx['params'] as Record<string, string>)['id'] ?? ''))
    })
  }
  for (const add of [worldControls, peopleControls, webhookControls, accessControls]) add(world, control)
  return router
}

async function answer(ctx: SandboxContext, act: () => Promise<unknown>): Promise<void> {
  try {
    guard(ctx)
    const result = await act()
    ctx.status = result === undefined ? 204 : 200
    if (result !== undefined) ctx.body = JSON.stringify(result)
    if (result !== undefined) ctx.type = 'json'
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    ctx.status = error.status
    ctx.body = { errors: error.errors }
  }
}

/** Allows only requests from this machine that no page of another site sent. */
function guard(ctx: SandboxContext): void {
  const foreign = ctx.get('origin') !== '' && ctx.get('origin') !== `http://${ctx.host}`
  if (!LOOPBACK.test(ctx.req.socket.remoteAddress ?? '') || foreign)
    throw new ControlError(403, [{ path: '', message: 'Only from this machine' }])
}
