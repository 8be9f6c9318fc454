/** The sandbox as one Koa application: API, OAuth, pages, control interface. */
import Koa from 'koa'
import { apiAnswering } from './api/answering.ts'
import { apiRoutes } from './api/api-routes.ts'
import { readBytes } from './api/request-body.ts'
import { controlRoutes } from './control/control-routes.ts'
import { AuthorizationCodes } from './oauth/authorization-codes.ts'
import { authorizeRoutes } from './oauth/authorize-routes.ts'
import { tokenRoutes } from './oauth/token-routes.ts'
import { pageRoutes } from './pages/page-routes.ts'
import { Sessions } from './pages/sessions.ts'
import type { SandboxState } from './sandbox-state.ts'
import type { World } from './world.ts'

const API_PATH = /^\/(v1|oauth)(\/|$)/

export function sandboxApp(world: World): Koa<SandboxState> {
  const app = new Koa<SandboxState>()
  const codes = new AuthorizationCodes()
  const sessions = new Sessions(world)
  const answering = apiAnswering(world)
  app.use(async (ctx, next) => {
    if (API_PATH.test(ctx.path)) return answering(ctx, next)
    ctx.state.bytes = await readBytes(ctx.req)
    return next()
  })
  app.use(apiRoutes(world).routes())
  app.use(tokenRoutes(world, codes).routes())
  app.use(authorizeRoutes(world, codes, sessions).routes())
  app.use(controlRoutes(world).routes())
  app.use(pageRoutes(world, sessions).routes())
  return app
}
