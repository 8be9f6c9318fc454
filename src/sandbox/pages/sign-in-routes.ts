import { Router } from '@koa/router'
import { z } from 'zod'
import { plainBody, understandBody } from '../api/request-body.ts'
import type { SandboxContext, SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { messagePage } from './message-page.tsx'
import { sendPage } from './page.tsx'
import { seeOther } from './see-other.ts'
import type { Sessions } from './sessions.ts'
import { signInPage } from './sign-in-page.tsx'

const SignIn = z.object({ email: z.string(), next: z.string().default('/') })

export function signInRoutes(world: World, sessions: Sessions): Router<SandboxState> {
  const router = new Router<SandboxState>()
  router.get('/sign-in', (ctx: SandboxContext) => {
    const next = new URLSearchParams(ctx.querystring).get('next') ?? '/'
    sendPage(ctx, signInPage([...world.account.users.values()], ownPath(next)))
  })
  router.post('/sign-in', async (ctx: SandboxContext) => {
    const form = SignIn.parse(plainBody(await understandBody(ctx.state.bytes, ctx.get('content-type'))))
    const user = [...world.account.users.values()].find((candidate) => candidate.email === form.email)
    if (!user || user.deactivatedAt !== null)
      return sendPage(ctx, messagePage('You cannot sign in', 'This user is unknown or deactivated.'), 403)
    sessions.signIn(ctx, user)
    return seeOther(ctx, ownPath(form.next))
  })
  router.post('/sign-out', (ctx: SandboxContext) => {
    sessions.signOut(ctx)
    seeOther(ctx, '/sign-in')
  })
  return router
}

function ownPath(path: string): string {
  return /^\/(?![/\\])/.test(path) ? path : '/'
}
