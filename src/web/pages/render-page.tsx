import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { SiteContext } from '../site-state.ts'
import { PageContext } from './page-context.ts'

/**
 * Answers with a page, usually `<Layout title="…">…</Layout>`. Never cached, since it is one person's.
 * The status is 200 unless given.
 */
export function renderPage(ctx: SiteContext, content: VNode, options: { status?: number } = {}): void {
  const { language, caller, csrfToken, requestId } = ctx.state
  const value = { language, caller, csrfToken, requestId, here: ctx.method === 'GET' ? ctx.url : '/' }
  const html = renderToString(<PageContext.Provider value={value}>{content}</PageContext.Provider>)
  ctx.status = options.status ?? 200
  ctx.set('Content-Language', language)
  ctx.set('Cache-Control', 'no-store')
  ctx.vary('Accept-Language')
  ctx.type = 'text/html; charset=utf-8'
  ctx.body = `<!doctype html>${html}`
}
