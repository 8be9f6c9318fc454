/** The API under `/v1`: endpoints bound to a router, with the checks before each. */
import { Router } from '@koa/router'
import type { World } from '../world.ts'
import type { SandboxContext, SandboxState } from '../sandbox-state.ts'
import { authenticate } from './credential.ts'
import type { ApiAnswer, Endpoint } from './endpoint.ts'
import { applicationEndpoints } from './application-endpoints.ts'
import { applyEndpoints } from './apply-endpoints.ts'
import { auditEndpoints } from './audit-endpoints.ts'
import { contactEndpoints } from './contact-endpoints.ts'
import { eeoEndpoints } from './eeo-endpoints.ts'
import { feedbackEndpoints } from './feedback-endpoints.ts'
import { fileEndpoints } from './file-endpoints.ts'
import { formEndpoints } from './form-endpoints.ts'
import { interviewEndpoints } from './interview-endpoints.ts'
import { inWords } from './in-words.ts'
import { LeverError } from './lever-error.ts'
import { noteEndpoints } from './note-endpoints.ts'
import { offerEndpoints } from './offer-endpoints.ts'
import { opportunityEndpoints } from './opportunity-endpoints.ts'
import { pipelineEndpoints } from './pipeline-endpoints.ts'
import { postingEndpoints } from './posting-endpoints.ts'
import { rateLimiter } from './rate-limit.ts'
import { plainBody, understandBody } from './request-body.ts'
import { requisitionEndpoints } from './requisition-endpoints.ts'
import { requisitionFieldEndpoints } from './requisition-field-endpoints.ts'
import { templateEndpoints } from './template-endpoints.ts'
import { userEndpoints } from './user-endpoints.ts'
import { webhookEndpoints } from './webhook-endpoints.ts'

/** All endpoints, in the order in which they are matched. */
export const ENDPOINTS: Endpoint[] = [
  ...userEndpoints,
  ...pipelineEndpoints,
  ...postingEndpoints,
  ...applyEndpoints,
  ...requisitionEndpoints,
  ...requisitionFieldEndpoints,
  ...opportunityEndpoints,
  ...applicationEndpoints,
  ...contactEndpoints,
  ...noteEndpoints,
  ...fileEndpoints,
  ...interviewEndpoints,
  ...offerEndpoints,
  ...feedbackEndpoints,
  ...templateEndpoints,
  ...formEndpoints,
  ...eeoEndpoints,
  ...auditEndpoints,
  ...webhookEndpoints,
]

/** Every permission that an API key can have, named as on the settings page. */
export const PERMISSIONS: string[] = [...new Set(ENDPOINTS.map((endpoint) => endpoint.permission))]

export function apiRoutes(world: World): Router<SandboxState> {
  const router = new Router<SandboxState>({ prefix: '/v1' })
  const takeBudget = rateLimiter(world)
  for (const endpoint of ENDPOINTS) {
    router.register(pathsOf(endpoint), [endpoint.method], async (ctx: SandboxContext) => {
      const credential = authenticate(world, ctx.get('authorization'))
      if (ctx.state.entry) ctx.state.entry.credential = credential.id
      takeBudget(credential.rateKey)
      if (!credential.allows(endpoint)) throw new LeverError(403, `No permission to: ${endpoint.permission}`)
      const body = await understandBody(ctx.state.bytes, ctx.get('content-type'))
      if (ctx.state.entry && ctx.method !== 'GET') ctx.state.entry.body = plainBody(body)
      const params = ctx['params'] as Record<string, string>
      const query = new URLSearchParams(ctx.querystring)
      refuseExceptions(world, ctx, query)
      answer(ctx, inWords(world, await endpoint.handle({ world: byApi(world), credential, params, query, body })))
    })
  }
  return router
}

/** Changes through the API cause events, like changes by a person (assumed). */
function byApi(world: World): World {
  if (world.settings.answers.ownWrites === 'events') return world
  return Object.create(world, { emit: { value: () => undefined } }) as World
}

/** Features that some accounts do not have. */
function refuseExceptions({ settings: { answers } }: World, ctx: SandboxContext, query: URLSearchParams): void {
  if (answers.expand !== 'taken' && query.has('expand')) throw new LeverError(answers.expand, 'expand is not allowed')
  if (answers.webhooksApi !== 'open' && ctx.path.startsWith('/v1/webhooks'))
    throw new LeverError(answers.webhooksApi, 'Webhooks are not enabled for this account')
}

/** Reads of `/opportunities` also work as `/candidates`, its deprecated name (Lever's API documentation). */
function pathsOf({ method, path }: Endpoint): string[] {
  return method === 'GET' && path.startsWith('/opportunities') ? [path, path.replace('/opportunities', '/candidates')] : [path]
}

function answer(ctx: SandboxContext, { status, body, contentType, effectId }: ApiAnswer): void {
  ctx.status = status
  if (effectId && ctx.state.entry) ctx.state.entry.effectId = effectId
  if (body === undefined) ctx.body = null
  else if (contentType) ctx.body = body
  else ctx.body = JSON.stringify(body)
  ctx.status = status
  if (body !== undefined) ctx.set('content-type', contentType ?? 'application/json; charset=utf-8')
}
