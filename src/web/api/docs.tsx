import Router from '@koa/router'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { ApiDocsPage } from '../pages/api-docs-page.tsx'
import { renderPage } from '../pages/render-page.tsx'
import type { SiteState } from '../site-state.ts'

/** The OpenAPI document, and the page to read it on. */
export function docsRouter(document: object): Router<SiteState> {
  const json = JSON.stringify(document)
  const router = new Router<SiteState>()
  router.get('/api/openapi.json', (ctx) => {
    ctx.set('Content-Type', 'application/json')
    ctx.set('Cache-Control', 'no-cache')
    ctx.body = json
  })
  router.get('/api/docs', (ctx) => renderPage(ctx, <ApiDocsPage />))
  return router
}

/** These paths, for the document itself. */
export const docsPaths: ZodOpenApiPathsObject = {
  '/api/openapi.json': {
    get: {
      tags: ['Documentation'],
      summary: 'This document',
      security: [],
      responses: { 200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } } },
    },
  },
  '/api/docs': {
    get: {
      tags: ['Documentation'],
      summary: 'This document as a page',
      security: [],
      responses: { 200: { description: 'A page', content: { 'text/html': { schema: { type: 'string' } } } } },
    },
  },
}
