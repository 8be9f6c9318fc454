/** Pages for signed-in users, and for Super Admins only. */
import type { Router } from '@koa/router'
import type { User } from '../account/records.ts'
import { plainBody, understandBody } from '../api/request-body.ts'
import type { SandboxContext, SandboxState } from '../sandbox-state.ts'
import { messagePage } from './message-page.tsx'
import { sendPage } from './page.tsx'
import { seeOther } from './see-other.ts'
import type { Sessions } from './sessions.ts'

export interface PageCall {
  ctx: SandboxContext
  user: User
  params: Record<string, string>
  query: URLSearchParams
  /** fields of a posted form; a name given twice is a list */
  form: Record<string, string | string[]>
}

export type AddPage = (method: 'GET' | 'POST', path: string, show: (call: PageCall) => unknown) => void

/** Signed-out visitors are redirected to sign in and return; other users cannot open pages for Super Admins. */
export function pagesFor(router: Router<SandboxState>, sessions: Sessions, audience: 'everybody' | 'super admins'): AddPage {
  return (method, path, show) => {
    router.register(path, [method], async (ctx: SandboxContext) => {
      const user = sessions.userOf(ctx)
      if (!user) return ctx.redirect(`/sign-in?next=${encodeURIComponent(ctx.url)}`)
      if (audience === 'super admins' && user.accessRole !== 'super admin') {
        return sendPage(ctx, messagePage('For Super Admins', `${user.name} is ${user.accessRole}. Sign out and choose a Super Admin.`), 403)
      }
      const form = plainBody(await understandBody(ctx.state.bytes, ctx.get('content-type'))) as PageCall['form']
      const params = ctx['params'] as Record<string, string>
      return show({ ctx, user, params, query: new URLSearchParams(ctx.querystring), form })
    })
  }
}

/** Returns the single value of a field, or an empty text. */
export function field(call: PageCall, name: string): string {
  return [call.form[name] ?? ''].flat()[0] ?? ''
}

/** Returns to a page after a change. */
export function goTo(call: PageCall, path: string): void {
  seeOther(call.ctx, path)
}
