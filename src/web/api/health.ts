import { z } from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { ServiceError } from '../../errors.ts'
import { equalSecrets } from '../../secrets/opaque-token.ts'
import { isLoopbackRequest } from '../shell/same-origin.ts'
import type { SignInFailures } from '../shell/sign-in-failures.ts'
import type { SiteContext } from '../shell/site-state.ts'
import { page, type PageRoute } from '../shell/page-route.ts'
import { VERSION } from '../../version.ts'
import { countWrongKey } from './identify-caller.ts'

export interface HealthDeps {
  /** Names of what the process still needs before it can serve; empty when it is ready. */
  readiness: () => Promise<string[]>
  metrics: { contentType: string; metrics: () => Promise<string> }
  operatorApiKey: string | undefined
  publicUrl: string
  /** Counts wrong keys. */
  failures: Pick<SignInFailures, 'count'>
}

/** Endpoints outside the API, for operators and their tools. */
export function healthRoutes(deps: HealthDeps): PageRoute[] {
  return [
    page.get('/healthz', { access: 'public' }, (ctx) => {
      ctx.set('Cache-Control', 'no-store')
      ctx.body = { version: VERSION }
    }),
    page.get('/readyz', { access: 'public' }, async (ctx) => {
      const missing = await deps.readiness()
      ctx.set('Cache-Control', 'no-store')
      ctx.body = { ready: missing.length === 0, missing }
      ctx.status = missing.length === 0 ? 200 : 503
    }),
    page.get('/metrics', { access: 'public' }, async (ctx) => {
      await assertMayReadMetrics(ctx, deps)
      ctx.set('Content-Type', deps.metrics.contentType)
      ctx.body = await deps.metrics.metrics()
    }),
  ]
}

async function assertMayReadMetrics(ctx: SiteContext, { operatorApiKey, publicUrl, failures }: HealthDeps): Promise<void> {
  const authorization = ctx.get('Authorization')
  if (authorization === '' && isLoopbackRequest(ctx, publicUrl)) return
  const [, key] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
  if (key !== undefined && operatorApiKey !== undefined && equalSecrets(key, operatorApiKey)) return
  if (key !== undefined) await countWrongKey(ctx, failures)
  throw new ServiceError('unauthenticated', "Metrics require the operator's key.", {
    headers: { 'WWW-Authenticate': 'Bearer realm="fulcrum"' },
  })
}

const Readiness = z.object({ ready: z.boolean(), missing: z.array(z.string()) })
const TAGS = ['Health']

/** Describes these paths in the OpenAPI document. */
export const healthPaths: ZodOpenApiPathsObject = {
  '/healthz': {
    get: {
      tags: TAGS,
      summary: 'Check that the process is alive',
      security: [],
      responses: {
        200: { description: 'The process is alive', content: { 'application/json': { schema: z.object({ version: z.string() }) } } },
      },
    },
  },
  '/readyz': {
    get: {
      tags: TAGS,
      summary: 'Check whether the process is ready, and what it lacks',
      description:
        '`missing` names what the process lacks: `database`, `migration` (this process or another one is updating the database to this version), ' +
        '`workers` or `stopping`.',
      security: [],
      responses: {
        200: { description: 'The process is ready', content: { 'application/json': { schema: Readiness } } },
        503: { description: 'The process is not ready yet', content: { 'application/json': { schema: Readiness } } },
      },
    },
  },
  '/metrics': {
    get: {
      tags: TAGS,
      summary: 'Get metrics for Prometheus',
      description: "Requires the operator's key. If `PUBLIC_URL` is http on a loopback host, requests from the same machine need no key.",
      security: [{ operatorKey: [] }, {}],
      responses: { 200: { description: 'Prometheus text format', content: { 'text/plain': { schema: { type: 'string' } } } } },
    },
  },
}
