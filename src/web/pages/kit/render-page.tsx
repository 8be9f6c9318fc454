import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { maskCsrfToken } from '../../shell/csrf-token.ts'
import { takeNotice, type Notice } from '../../shell/flash.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { PageContext } from './page-context.ts'

/** Answers with a page, usually `<Layout title="…">…</Layout>`. Never cached, since it is personal. The default status is 200. */
export function renderPage(ctx: SiteContext, content: VNode, options: { status?: number } = {}): void {
  answer(ctx, `<!doctype html>${toHtml(ctx, content, takeNotice(ctx))}`, options.status ?? 200)
}

/** Answers with a part of a page that htmx inserts. */
export function renderFragment(ctx: SiteContext, content: VNode, options: { status?: number } = {}): void {
  answer(ctx, toHtml(ctx, content, null), options.status ?? 200)
}

/** True if htmx requests a part of the open page instead of a page. */
export function wantsFragment(ctx: SiteContext): boolean {
  return ctx.get('HX-Request') === 'true'
}

/** `notice` was kept from before a redirect; a part of a page leaves it to the next page. */
function toHtml(ctx: SiteContext, content: VNode, notice: Notice | null): string {
  const { language, caller, organizationName, csrfToken, canSwitch, requestId } = ctx.state
  const here = ctx.method === 'GET' ? ctx.url : '/'
  const masked = csrfToken === null ? null : maskCsrfToken(csrfToken)
  const value = { language, caller, organizationName, csrfToken: masked, canSwitch, requestId, here, path: ctx.path, notice }
  return renderToString(<PageContext.Provider value={value}>{content}</PageContext.Provider>)
}

function answer(ctx: SiteContext, html: string, status: number): void {
  ctx.status = status
  ctx.set('Content-Language', ctx.state.language)
  ctx.set('Cache-Control', 'no-store')
  ctx.vary('Accept-Language')
  ctx.vary('HX-Request')
  ctx.type = 'text/html; charset=utf-8'
  ctx.body = html
}
