import type { SandboxContext } from '../sandbox-state.ts'

/** After a posted form: on to another address by GET, so that reloading does not post again. */
export function seeOther(ctx: SandboxContext, url: string): void {
  ctx.status = 303
  ctx.redirect(url)
}
