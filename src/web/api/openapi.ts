import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from 'zod-openapi'
import { ERROR_CODES, statusOf, type ErrorCode } from '../../errors.ts'
import { isRead, takesIdempotencyKey, type Endpoint } from './endpoint.ts'
import { strictly } from '../shell/parse-input.ts'
import { API_BASE } from './router.ts'

const ProblemDocument = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What happened.' }),
    code: z.enum(ERROR_CODES).meta({ description: 'A stable code that identifies the error.' }),
    hint: z.string().optional().meta({ description: 'What to do next.' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Each invalid field or query parameter (such as `query.limit`).' }),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' })

const EVERYWHERE: readonly ErrorCode[] = [
  'unauthenticated',
  'forbidden',
  'not_acceptable',
  'invalid_request', // an unknown query parameter
  'too_many_requests',
  'internal_error',
  'storage_unavailable',
  'migrating',
]
/** Writes that take no body refuse anything but an empty object. */
const OF_WRITES: readonly ErrorCode[] = ['malformed_json', 'payload_too_large', 'unsupported_media_type', 'request_timeout', 'bad_request']
const WITH_KEY: readonly ErrorCode[] = ['idempotency_key_reused', 'idempotency_in_progress']

/**
 * Returns the OpenAPI 3.1 document of the mounted endpoints, made from the schemas that validate them. `extras` are paths outside of {@link
 * API_BASE}, described by hand.
 */
export function openApiDocument(options: { endpoints: readonly Endpoint[]; extras?: ZodOpenApiPathsObject; publicUrl: string }): object {
  const paths: ZodOpenApiPathsObject = {}
  for (const endpoint of options.endpoints) {
    const path = `${API_BASE}${endpoint.path}`
    paths[path] = { ...paths[path], [endpoint.method]: operationOf(endpoint) }
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: { title: 'Fulcrum', version: '1', description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: options.publicUrl }],
      tags: [...new Set(options.endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
      paths: { ...paths, ...options.extras },
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    { override: asJson },
  )
}

const DESCRIPTION = [
  'Exports candidates to Lever and brings their stages back. Ids are opaque strings, and times are ISO 8601 in UTC.',
  'Errors are RFC 9457 problem documents with a stable `code`. Every answer carries `X-Request-Id`.',
  'A `POST` that creates something accepts `Idempotency-Key`: for 24 h, the same key and body from the same caller return the first result in its current state, with `Idempotent-Replayed: true`. ' +
    'A key belongs to the caller that used it: an API key, or a person in any session.',
].join('\n\n')

const SECURITY_SCHEMES = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      "An organization's API key. Each operation names the minimum access: a `full` key can do everything that a `read` key can.",
  },
  operatorKey: { type: 'http', scheme: 'bearer', description: "The operator's key (`OPERATOR_API_KEY`)." },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'fulcrum_session',
    description:
      'Session cookie of a signed-in person; `__Host-fulcrum_session` over https. Each operation names the minimum role: an `admin` can do everything that a `sourcer` can.',
  },
  csrfToken: {
    type: 'apiKey',
    in: 'header',
    name: 'X-CSRF-Token',
    description: 'Required for writes with a session. Take it from `<meta name="csrf-token">`.',
  },
} as const

function operationOf(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { method, path, tag, summary, description, params, query } = endpoint
  const requestParams = {
    ...(params ? { path: params as z.ZodObject } : {}),
    ...(query ? { query: strictly(query) as z.ZodObject } : {}),
    ...(takesIdempotencyKey(endpoint) ? { header: IDEMPOTENCY_HEADER } : {}),
  }
  return {
    operationId: operationIdOf(method, path),
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: securityOf(endpoint),
    requestParams,
    ...bodyOf(endpoint),
    responses: { ...answersOf(endpoint), ...problemsOf(endpoint) },
  }
}

const IDEMPOTENCY_HEADER = z.object({
  'Idempotency-Key': z
    .string()
    .max(255)
    .optional()
    .meta({ description: 'For 24 h, the same key and body from the same caller return the first result again.' }),
})

function operationIdOf(method: string, path: string): string {
  const words = path.split(/[/{}-]+/).filter(Boolean) // prettier-ignore
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

function securityOf(endpoint: Endpoint): Record<string, string[]>[] {
  const { access, method } = endpoint
  if (access === 'operator') return [{ operatorKey: [] }]
  const role = access === 'operatorOrAdmin' ? 'admin' : access
  return [
    { apiKey: [isRead(endpoint) ? 'read' : 'full'] },
    method === 'get' ? { session: [role] } : { session: [role], csrfToken: [] },
    ...(access === 'operatorOrAdmin' ? [{ operatorKey: [] }] : []),
  ]
}

function bodyOf({ body, upload }: Endpoint): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (upload) {
    const content = Object.fromEntries(upload.contentTypes.map((type) => [type, { schema: { type: 'string', format: 'binary' } as const }]))
    return { requestBody: { required: true, content } }
  }
  if (!body) return {}
  return { requestBody: { required: !body.safeParse({}).success, content: { 'application/json': { schema: strictly(body) } } } }
}

function answersOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const headers = takesIdempotencyKey(endpoint) ? { headers: z.object({ 'Idempotent-Replayed': z.literal('true').optional() }) } : {}
  const responses = Object.entries(endpoint.answers).map(([status, { description, schema, contentType }]) => {
    const types = [contentType ?? (schema ? 'application/json' : [])].flat()
    const described = (type: string) => ({ schema: schema && type === 'application/json' ? schema : ({ type: 'string' } as const) })
    const content = types.length === 0 ? {} : { content: Object.fromEntries(types.map((type) => [type, described(type)])) }
    return [status, { description, ...headers, ...content }]
  })
  return Object.fromEntries(responses) as ZodOpenApiResponsesObject
}

function problemsOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const { method, params, problems = [] } = endpoint
  const codes = new Set<ErrorCode>([
    ...EVERYWHERE,
    ...(method === 'get' ? [] : OF_WRITES),
    ...(params || endpoint.access === 'operator' ? (['not_found'] as const) : []),
    ...(takesIdempotencyKey(endpoint) ? WITH_KEY : []),
    ...problems,
  ])
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codes) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code])
  const responses = [...byStatus].map(([status, names]) => [
    String(status),
    { description: names.map((name) => `\`${name}\``).join(', '), content: { 'application/problem+json': { schema: ProblemDocument } } },
  ])
  return Object.fromEntries(responses) as ZodOpenApiResponsesObject
}

/** Dates are ISO 8601; zod's pattern for them would clutter the document. */
function asJson({ zodSchema, jsonSchema }: { zodSchema: { _zod: { def: { type: string } } }; jsonSchema: Record<string, unknown> }): void {
  if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
  if (jsonSchema['format'] === 'date-time' || jsonSchema['format'] === 'email') delete jsonSchema['pattern']
}
