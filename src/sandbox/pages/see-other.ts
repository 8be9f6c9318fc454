import type { SandboxContext } from '../sandbox-state.ts'

/** Redirects by GET after a posted form, so that reloading does not post again. */
export function seeOther(ctx: SandboxContext, url: string): void {
  ctx.status = 303
  ctx.redirect(url)
}
