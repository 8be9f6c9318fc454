/** The sandbox as one Koa application: API, OAuth, pages, control interface. */
import Koa from 'koa'
import { z } from 'zod'
import { apiAnswering } from './api/answering.ts'
import { apiRoutes } from './api/api-routes.ts'
import { LeverError } from './api/lever-error.ts'
import { readBytes } from './api/request-body.ts'
import { controlRoutes } from './control/control-routes.ts'
import { AuthorizationCodes } from './oauth/authorization-codes.ts'
import { authorizeRoutes } from './oauth/authorize-routes.ts'
import { tokenRoutes } from './oauth/token-routes.ts'
import { messagePage } from './pages/message-page.tsx'
import { sendPage } from './pages/page.tsx'
import { pageRoutes } from './pages/page-routes.tsx'
import { Sessions } from './pages/sessions.ts'
import type { SandboxContext, SandboxState } from './sandbox-state.ts'
import type { World } from './world.ts'

const API_PATH = /^\/(v1|oauth)(\/|$)/

export function sandboxApp(world: World): Koa<SandboxState> {
  const app = new Koa<SandboxState>()
  const codes = new AuthorizationCodes()
  const sessions = new Sessions(world)
  const answering = apiAnswering(world)
  app.use(async (ctx, next) => {
    if (API_PATH.test(ctx.path)) return answering(ctx, next)
    return pageAnswering(ctx, next)
  })
  app.use(apiRoutes(world).routes())
  app.use(tokenRoutes(world, codes).routes())
  app.use(authorizeRoutes(world, codes, sessions).routes())
  app.use(controlRoutes(world).routes())
  app.use(pageRoutes(world, sessions).routes())
  return app
}

/** For pages and the control interface: shows invalid input and unknown paths as a page. */
async function pageAnswering(ctx: SandboxContext, next: () => Promise<unknown>): Promise<void> {
  try {
    ctx.state.bytes = await readBytes(ctx.req)
    await next()
  } catch (error) {
    if (!(error instanceof z.ZodError) && !(error instanceof LeverError)) throw error
    sendPage(ctx, messagePage('The request was not understood', 'The form was not filled in as this page expects.'), 400)
  }
  if (ctx.status === 404 && ctx.body === undefined) sendPage(ctx, messagePage('Nothing here', 'There is no such page.'), 404)
}
