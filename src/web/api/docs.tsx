import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { ApiDocsPage } from '../pages/site/api-docs-page.tsx'
import { page, type PageRoute } from '../shell/page-route.ts'
import { renderPage } from '../pages/kit/render-page.tsx'

/**
 * The OpenAPI document and the page that shows it. The document is made on first request, since making it takes a tenth of the startup
 * time.
 */
export function docsRoutes(makeDocument: () => object): PageRoute[] {
  let json: string | undefined
  return [
    page.get('/api/openapi.json', { access: 'public' }, (ctx) => {
      json ??= JSON.stringify(makeDocument())
      ctx.set('Content-Type', 'application/json')
      ctx.set('Cache-Control', 'no-cache')
      ctx.body = json
    }),
    page.get('/api/docs', { access: 'public' }, (ctx) => renderPage(ctx, <ApiDocsPage />)),
  ]
}

/** Describes these paths in the document itself. */
export const docsPaths: ZodOpenApiPathsObject = {
  '/api/openapi.json': {
    get: {
      tags: ['Documentation'],
      summary: 'Get this OpenAPI document',
      security: [],
      responses: { 200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } } },
    },
  },
  '/api/docs': {
    get: {
      tags: ['Documentation'],
      summary: 'Read this document as a page',
      security: [],
      responses: { 200: { description: 'A page', content: { 'text/html': { schema: { type: 'string' } } } } },
    },
  },
}
