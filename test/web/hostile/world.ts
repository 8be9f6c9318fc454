/** The composed service with two organizations, and every operation of its OpenAPI document ready to be called. */
import { AssertionError } from 'chai'
import { LEVER_ADMIN } from '../../support/lever.ts'
import { newPerson, OPERATOR_KEY, SOURCER, startService, type ServiceForTests } from '../../support/service.ts'
import { assertWellFormed, documentRules, type DocumentRules } from './answer-rules.ts'
import { namesInPath, operationsOf, readApiDocument, takesJson, uploadTypeOf, type ApiDocument, type Operation } from './api-document.ts'
import { sendRaw, type RawAnswer, type RawRequest } from './raw-request.ts'
import { sampleOf } from './sample-values.ts'
import { furnishTenant, type Session, type Tenant } from './tenant.ts'

/** No credentials, the operator, an organization with one of its keys, or a person in a session. */
export type Asker = 'nobody' | 'operator' | Tenant | Session

export interface Question {
  as?: Asker
  /** Replaces the path that {@link World.pathOf} returns. */
  path?: string
  /** Includes the question mark. */
  query?: string
  json?: unknown
  body?: string | Uint8Array
  headers?: Record<string, string | string[]>
  /** Set for requests that the document does not describe. */
  isUndocumented?: boolean
}

export interface World {
  service: ServiceForTests
  document: ApiDocument
  rules: DocumentRules
  operations: Operation[]
  us: Tenant
  them: Tenant
  /** The operation's path with the names of `tenant`'s objects. */
  pathOf(operation: Operation, tenant?: Tenant): string
  /** A new valid body for objects of `tenant`; undefined if the operation takes none. */
  bodyOf(operation: Operation, tenant?: Tenant): Promise<unknown>
  /** A valid question, with such a body or with a file. */
  rightQuestion(operation: Operation, tenant?: Tenant): Promise<Question>
  /** The caller with access: the operator, or else our organization's key. */
  rightful(operation: Operation): Asker
  /** Asks as the caller with access by default, and checks the answer against the rules of all answers and the document. */
  ask(operation: Operation, question?: Question): Promise<RawAnswer>
  /** The same request, without sending it. */
  requestFor(operation: Operation, question?: Question): RawRequest
  stop(): Promise<void>
}

/** Paths whose parameter has the same meaning in every organization. */
const COMMON_NAMES: Record<string, string> = { '/api/v1/connection/webhooks/': 'candidateHired' }

export async function startWorld(): Promise<World> {
  const service = await startService({
    LEVER_REQUESTS_PER_SECOND: '1000',
    LEVER_BURST: '1000',
    LEVER_TIMEOUT_MS: '4000',
    SETTLE_MS: '5000',
  })
  await service.lever.settings({ rateLimit: { enabled: false } })
  const document = await readApiDocument(service.url)
  const rules = documentRules(document)
  const furnished = async (name: string, leverEmail: string): Promise<Tenant> =>
    furnishTenant(service, name, leverEmail).catch(async (error: unknown) => {
      await service.stop()
      throw error
    })
  const us = await furnished('ours', 'chidi@acme.example')
  const them = await furnished('theirs', 'emile@acme.example')

  const pathOf = (operation: Operation, tenant = us): string => fillPath(operation, tenant)
  const rightful = ({ audience }: Operation): Asker => (audience === 'anybody' ? 'nobody' : audience === 'operator' ? 'operator' : us)
  const requestFor = (operation: Operation, question: Question = {}): RawRequest => {
    const { query = '', json, body = json === undefined ? undefined : JSON.stringify(json), path = pathOf(operation) } = question
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    const headers = { ...type, ...credentialsOf(question.as ?? rightful(operation)), ...question.headers }
    return { method: operation.method, path: path + query, headers, ...(body === undefined ? {} : { body }) }
  }

  const bodyOf: World['bodyOf'] = async (operation, tenant = us) => {
    const own = OWN_BODIES[operation.name]
    if (own) return own(tenant, service)
    const schema = operation.body['application/json']?.schema
    return schema && takesJson(operation) ? distinct(sampleOf({ document, rules }, schema)) : undefined
  }

  return {
    service, document, rules, us, them, pathOf, rightful, requestFor,
    operations: operationsOf(document),
    bodyOf,
    async rightQuestion(operation, tenant = us) {
      const text = FILES[operation.name]
      if (text) return { body: text(), headers: { 'content-type': uploadTypeOf(operation) } }
      const json = await bodyOf(operation, tenant)
      return json === undefined ? {} : { json }
    },
    async ask(operation, question = {}) {
      const request = requestFor(operation, question)
      const answer = await sendRaw(service.url, request)
      assertWellFormed(`${request.method} ${request.path.slice(0, 300)}`, answer)
      if (!question.isUndocumented) rules.assertDocumented(operation, answer)
      return answer
    },
    stop: () => service.stop(),
  } // prettier-ignore
}

/** @throws Error if the tenant has no such object: add it in `tenant.ts` then */
function fillPath(operation: Operation, tenant: Tenant): string {
  const [name] = namesInPath(operation)
  if (name === undefined) return operation.path
  const before = operation.path.slice(0, operation.path.indexOf('{'))
  if (before === '/webhooks/lever/') return new URL(tenant.webhookUrl).pathname
  const value = COMMON_NAMES[before] ?? tenant.objects[before]
  if (value === undefined) throw new Error(`${operation.name}: the tenant of this test has nothing at ${before}, furnish it`)
  return operation.path.replace(`{${name}}`, encodeURIComponent(value))
}

/** True if the path names an object that belongs to one organization. */
export function namesAnOwnThing(operation: Operation): boolean {
  const before = operation.path.slice(0, operation.path.indexOf('{'))
  return namesInPath(operation).length > 0 && operation.audience !== 'anybody' && !(before in COMMON_NAMES)
}

let turn = 0
function credentialsOf(asker: Asker): Record<string, string> {
  if (asker === 'nobody') return {}
  if (asker === 'operator') return { authorization: `Bearer ${OPERATOR_KEY}` }
  if ('cookie' in asker) return { cookie: asker.cookie, 'x-csrf-token': asker.csrfToken }
  turn += 1
  return { authorization: `Bearer ${asker.keys[turn % asker.keys.length]}` }
}

/** Bodies of operations that take a file. */
const FILES: Record<string, () => string> = {
  'POST /api/v1/candidates/import': () => `name,email\nFrom a file,file-${distinctNumber()}@mail.example\n`,
  'POST /api/v1/candidates/import/preview': () => 'name,email\nIn a preview,preview@mail.example\n',
  'PUT /api/v1/candidates/{id}/resume': resumeInForm,
}

function resumeInForm(): string {
  const head = 'Content-Disposition: form-data; name="file"; filename="cv.txt"\r\nContent-Type: text/plain'
  return `--edge\r\n${head}\r\n\r\nEngineer ${distinctNumber()}\r\n--edge--\r\n`
}

/** Bodies that cannot be derived from a schema alone. */
const OWN_BODIES: Record<string, (tenant: Tenant, service: ServiceForTests) => unknown> = {
  'POST /api/v1/sign-in-links': () => ({ userEmail: SOURCER, path: '/candidates', validForSeconds: 60 + distinctNumber() }),
  'POST /api/v1/connection/authorize': () => ({ userEmail: LEVER_ADMIN }),
  'PUT /api/v1/connection/api-key': async (_, { lever }) => ({ apiKey: await lever.newApiKey(), userEmail: LEVER_ADMIN }),
  'PATCH /api/v1/connection/settings': () => ({ exportUnsuccessful: true }),
  'PUT /api/v1/user-mappings/{userEmail}': () => ({ leverEmail: 'dilnoza@acme.example' }),
  'POST /api/v1/candidates': () => newPerson(),
  'PATCH /api/v1/candidates/{id}': () => ({ headline: `Engineer ${distinctNumber()}` }),
  'POST /api/v1/conversations/{externalId}/messages': (tenant) => ({
    id: `message-${distinctNumber()}`,
    candidateId: tenant.objects['/api/v1/candidates/'],
    direction: 'outbound',
    author: SOURCER,
    body: 'Hello',
    sentAt: new Date().toISOString(),
  }),
  'POST /api/v1/exports': async (tenant) => ({ candidateId: await tenant.candidate(), requestedBy: SOURCER }),
  'PUT /api/v1/export-rules/{name}': () => ({ stages: [`stage ${distinctNumber()}`], requestedBy: SOURCER }),
  // previews the saved rule
  'POST /api/v1/export-rules/{name}/preview': () => undefined,
  'POST /api/v1/exports/bulk': async (tenant) => ({ candidateIds: [await tenant.candidate()], requestedBy: SOURCER }),
  'POST /api/v1/exports/bulk/preview': async (tenant) => ({ candidateIds: [await tenant.candidate()], requestedBy: SOURCER }),
  'POST /webhooks/lever/{endpointKey}': () => ({
    event: 'interviewCreated',
    triggeredAt: Date.now(),
    token: `token-${distinctNumber()}`,
    data: { interviewId: 'x' },
  }),
  'POST /api/v1/exports/preview': async (tenant) => ({ candidateId: await tenant.candidate(), requestedBy: SOURCER }),
}

let numbers = 0
const distinctNumber = (): number => (numbers += 1)

function distinct(sample: unknown): unknown {
  return typeof sample === 'object' && sample !== null && 'name' in sample ? { ...sample, name: `Sample ${distinctNumber()}` } : sample
}

/** Tries each item, several at a time, and fails with a list of all faults. */
export async function forEachOf<T>(
  items: readonly T[],
  name: (item: T) => string,
  attempt: (item: T) => Promise<void>,
  atOnce = 8,
): Promise<void> {
  const faults: string[] = []
  const waiting = [...items]
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await attempt(item).catch((error: unknown) => faults.push(`${name(item as T)}: ${(error as Error).message}`))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (faults.length > 0) throw new AssertionError(`${faults.length} of ${items.length}:\n  ${faults.slice(0, 60).join('\n  ')}`)
}
