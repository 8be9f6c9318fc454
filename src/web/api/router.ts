import type { Middleware } from 'koa'
import { z } from 'zod'
import type { Caller } from '../../accounts/caller.ts'
import { ServiceError } from '../../errors.ts'
import { hasBody } from '../shell/request-body.ts'
import type { RateGuard } from '../shell/request-rate.ts'
import { mountRoutes, type Route, type RouteContext } from '../shell/mount-routes.ts'
import type { SiteContext, SiteState } from '../shell/site-state.ts'
import { takesIdempotencyKey, type Access, type Answer, type Endpoint, type EndpointInput } from './endpoint.ts'
import type { Idempotency } from './idempotency.ts'
import { assertAccess, identifyCaller, type IdentifyDeps } from './identify-caller.ts'
import { readJson } from './json-body.ts'
import { parseInput, strictly } from '../shell/parse-input.ts'

export const API_BASE = '/api/v1'

export interface ApiDeps extends IdentifyDeps {
  idempotency: Idempotency
  guardRate: RateGuard
}

type Input = EndpointInput<undefined, undefined, undefined, 'operator'>

export interface ApiRoute extends Route<Access> {
  endpoint: Endpoint
}

const LEVELS: readonly Access[] = ['operator', 'operatorOrAdmin', 'admin', 'sourcer']

/** Returns the endpoints' routes for {@link apiRouter}. */
export function apiRoutes(endpoints: readonly Endpoint[]): ApiRoute[] {
  return endpoints.map((endpoint) => {
    const { method, path, access } = endpoint
    return { method, path: API_BASE + path.replaceAll(/\{(\w+)\}/g, ':$1'), access, endpoint }
  })
}

/**
 * Mounts every endpoint with the checks that it declares.
 * @throws Error as {@link mountRoutes}
 */
export function apiRouter(routes: readonly ApiRoute[], deps: ApiDeps): Middleware<SiteState> {
  return mountRoutes(routes, LEVELS, (ctx, { endpoint }) => answer(ctx, endpoint, deps))
}

async function answer(ctx: RouteContext, endpoint: Endpoint, deps: ApiDeps): Promise<void> {
  if (endpoint.access === 'operator' && deps.operatorApiKey === undefined) throw notFound()
  assertAcceptable(ctx, endpoint)
  const caller = await identifyCaller(ctx, deps)
  ctx.state.requester = caller
  assertAccess(caller, endpoint)
  await deps.guardRate(caller)
  const params = parseParams(endpoint, ctx.params)
  const query = parseInput(strictly(endpoint.query ?? NO_MEMBERS), { ...ctx.query }, 'query')
  const body = await parseBody(ctx, endpoint)
  const once = onceFor(ctx, endpoint, { caller, params }, deps)
  const prefers = (types: readonly string[]): string => ctx.accepts([...types]) || (types[0] ?? '')
  const input = { caller, params, query, body, requestId: ctx.state.requestId, prefers, incoming: ctx.req, once } as unknown as Input
  send(ctx, await handle(endpoint, input))
}

function assertAcceptable(ctx: SiteContext, { answers }: Endpoint): void {
  const types = ['application/json', 'application/problem+json', ...Object.values(answers).flatMap(({ contentType }) => contentType ?? [])]
  if (ctx.accepts(types) === false) throw new ServiceError('not_acceptable', `The answer is available only as ${types.join(', ')}.`)
}

const NO_MEMBERS = z.strictObject({})

/** Path parameters name a resource, so an invalid name is not found. */
function parseParams(endpoint: Endpoint, params: Record<string, string>): unknown {
  if (!endpoint.params) return undefined
  const parsed = endpoint.params.safeParse(params)
  if (!parsed.success) throw notFound()
  return parsed.data
}

function notFound(): ServiceError {
  return new ServiceError('not_found', 'There is nothing at this address.')
}

async function parseBody(ctx: SiteContext, endpoint: Endpoint): Promise<unknown> {
  if (endpoint.upload) return assertUploadType(ctx, endpoint.upload.contentTypes)
  const given = hasBody(ctx.req) ? await readJson(ctx.req) : undefined
  if (!endpoint.body) return given === undefined ? undefined : void parseInput(NO_MEMBERS, given)
  const schema = strictly(endpoint.body)
  if (given !== undefined) return parseInput(schema, given)
  // a body whose members are all optional may be omitted
  const empty = schema.safeParse({})
  if (empty.success) return empty.data
  throw new ServiceError('malformed_json', 'The body is empty; JSON is expected.')
}

function assertUploadType(ctx: SiteContext, contentTypes: readonly string[]): undefined {
  if (ctx.is(...contentTypes)) return
  throw new ServiceError('unsupported_media_type', `Send the body as ${contentTypes.join(' or ')}.`)
}

interface Sender {
  caller: Caller
  params: unknown
}

/** @throws ServiceError `invalid_request` if the key is malformed */
function onceFor(ctx: SiteContext, endpoint: Endpoint, { caller, params }: Sender, { idempotency }: ApiDeps): Input['once'] {
  const key = takesIdempotencyKey(endpoint) ? ctx.get('Idempotency-Key') : ''
  if (key === '') return (_content, run) => run()
  if (!/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key)) throw badKey()
  // the declared path and its parameters, since an address has several spellings
  const path = JSON.stringify([endpoint.method, endpoint.path, params])
  return (content, run, replay) => idempotency.once({ caller, path, key, body: content }, run, replay)
}

async function handle({ check, replay, handle: run }: Endpoint, input: Input): Promise<Answer> {
  await check?.(input)
  if (!replay) return run(input)
  return input.once(
    input.body,
    () => run(input),
    (kept) => replay(input, kept),
  )
}

function badKey(): ServiceError {
  const message = 'must be 1 to 255 printable ASCII characters'
  return new ServiceError('invalid_request', `Idempotency-Key ${message}.`, { errors: [{ path: 'header.Idempotency-Key', message }] })
}

function send(ctx: SiteContext, { status, body, headers, contentType }: Answer): void {
  ctx.set('Cache-Control', 'no-store')
  ctx.set(headers ?? {})
  if (contentType !== undefined) ctx.set('Content-Type', contentType)
  else if (body !== undefined) ctx.set('Content-Type', 'application/json')
  ctx.body = contentType !== undefined ? body : body === undefined ? null : JSON.stringify(body)
  ctx.status = status
}
