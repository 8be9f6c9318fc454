/** The pages people use in a browser. */
import { Router } from '@koa/router'
import type { SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import type { Sessions } from './sessions.ts'
import { signInRoutes } from './sign-in-routes.ts'

export function pageRoutes(world: World, sessions: Sessions): Router<SandboxState> {
  const router = new Router<SandboxState>()
  router.use(signInRoutes(world, sessions).routes())
  return router
}
