/**
 * The composed service for tests: in this process, on a free port, an empty database, beside a local Lever of its own.
 * Spoken to as the outside does, over HTTP.
 */
import { randomBytes } from 'node:crypto'
import { got } from 'got'
import { CookieJar } from 'tough-cookie'
import { compose, type Service } from '../../src/compose/compose.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { freePort } from '../../scripts/free-port.ts'
import { eventually } from './eventually.ts'
import { callHttp } from './http-call.ts'
import { LEVER_ADMIN, startLever, type LeverForTests } from './lever.ts'
import { emptyMongoUri, freshMongoUri, handOnDatabase } from './mongo.ts'

export const OPERATOR_KEY = 'operator-key-of-the-tests'
export const SECRET_KEYS = `k1:${Buffer.from('a key of 32 bytes, for the tests').toString('base64')}`
export const SOURCE = 'headhuntr.io'
export const SOURCER = 'bo@acme.example'

export interface ApiAnswer<T = Record<string, unknown>> {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: T
}

export interface Api {
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer<T>>
  get<T = Record<string, unknown>>(path: string): Promise<ApiAnswer<T>>
  post<T = Record<string, unknown>>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer<T>>
  put<T = Record<string, unknown>>(path: string, body?: unknown): Promise<ApiAnswer<T>>
  patch<T = Record<string, unknown>>(path: string, body?: unknown): Promise<ApiAnswer<T>>
  delete<T = Record<string, unknown>>(path: string): Promise<ApiAnswer<T>>
}

export interface ServiceForTests {
  url: string
  mongodbUri: string
  /** What the process was configured with; enough to start another on the same database. */
  env: Record<string, string>
  lever: LeverForTests
  operator: Api
  service: Service
  api(key: string): Api
  /** An organization with an admin and a sourcer. */
  organization(name?: string): Promise<{ id: string; apiKey: string; api: Api }>
  /** The same with these features (`export` alone, unless told), authorized by OAuth, the sourcer mapped, active, first sync done. */
  connected(features?: readonly string[]): Promise<{ id: string; apiKey: string; api: Api }>
  stop(): Promise<void>
}

export function apiAt(url: string, key?: string): Api {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const call = async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> => {
    const answer = await callHttp(method, `${url}/api/v1/${path}`, { headers: { ...authorization, ...headers }, json: body })
    const isJson = /json/.test(answer.headers['content-type'] ?? '')
    return { status: answer.status, headers: answer.headers, body: (isJson ? JSON.parse(answer.text) : answer.text) as T }
  }
  return {
    call,
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body) => call('PATCH', path, body),
    delete: (path) => call('DELETE', path),
  }
}

/** The variables of a process against this Lever and database. */
export async function environmentFor(lever: LeverForTests, overrides: Record<string, string> = {}): Promise<Record<string, string>> {
  const port = overrides['PORT'] ?? String(await freePort())
  return {
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MONGODB_URI: freshMongoUri(),
    SECRET_KEYS,
    OPERATOR_API_KEY: OPERATOR_KEY,
    LEVER_ENVIRONMENT: 'local',
    LEVER_API_URL: lever.apiUrl,
    LEVER_AUTH_URL: lever.authUrl,
    LEVER_AUDIENCE: lever.audience,
    LEVER_CLIENT_ID: lever.clientId,
    LEVER_CLIENT_SECRET: lever.clientSecret,
    LEASE_MS: '2000',
    SETTLE_MS: '500',
    LEVER_TIMEOUT_MS: '1000',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...overrides,
  }
}

export async function startService(overrides: Record<string, string> = {}): Promise<ServiceForTests> {
  const lever = await startLever()
  const env = await environmentFor(lever, { MONGODB_URI: emptyMongoUri(), ...overrides })
  await lever.allowRedirect(`${env['PUBLIC_URL']}/oauth/lever/callback`)
  const config = readConfig(env)
  const service = compose({ ...config, mongodbUri: env['MONGODB_URI'] ?? '' }, createLog({ level: config.logLevel }))
  const { url } = await service.start()
  await service.whenReady
  const operator = apiAt(url, OPERATOR_KEY)

  const organization = async (name = `Acme ${randomBytes(3).toString('hex')}`) => {
    const made = await operator.post<{ id: string; apiKey: string }>('organizations', { name, sourceName: SOURCE })
    const api = apiAt(url, made.body.apiKey)
    await api.put(`users/${encodeURIComponent(LEVER_ADMIN)}`, { name: 'Ana Duarte', role: 'admin' })
    await api.put(`users/${encodeURIComponent(SOURCER)}`, { name: 'Bo Lindqvist', role: 'sourcer' })
    return { ...made.body, api }
  }

  return {
    url,
    mongodbUri: env['MONGODB_URI'] ?? '',
    env,
    lever,
    operator,
    service,
    api: (key) => apiAt(url, key),
    organization,
    async connected(features) {
      const made = await organization()
      if (features) await made.api.patch('connection/settings', { features })
      await authorize(made.api, lever)
      await made.api.put(`user-mappings/${encodeURIComponent(SOURCER)}`, { leverEmail: SOURCER })
      const activated = await made.api.post('connection/activate')
      if (activated.status !== 200) throw new Error(`activation answered ${activated.status}: ${JSON.stringify(activated.body)}`)
      await eventually('the first sync ends', async () => {
        const { sync } = (await made.api.get<{ sync: { state: string; finishedAt: string | null } }>('connection')).body
        return sync.state === 'idle' && sync.finishedAt
      }, 30_000) // prettier-ignore
      return made
    },
    async stop() {
      await service.stop()
      await lever.stop()
      await handOnDatabase(env['MONGODB_URI'] ?? '')
    },
  }
}

/** As an admin's browser does it: the service's link, Lever's consent, the way back. */
export async function authorize(api: Api, lever: LeverForTests): Promise<void> {
  const { body, status } = await api.post<{ authorizeUrl: string }>('connection/authorize', { userEmail: LEVER_ADMIN })
  if (status !== 201) throw new Error(`authorize answered ${status}: ${JSON.stringify(body)}`)
  const jar = new CookieJar()
  const back = await lever.consent(body.authorizeUrl, { jar })
  const landed = await got(back, { cookieJar: jar, followRedirect: false, throwHttpErrors: false })
  if (landed.statusCode !== 303) throw new Error(`the way back answered ${landed.statusCode}`)
}

export interface ExportAnswer {
  id: string
  status: string
  waitingFor: string | null
  opportunityId: string | null
  duplicateOf: string | null
  url: string | null
  stage: { id: string; text: string | null } | null
  note: { status: string; noteId: string | null; error: { code: string } | null } | null
  error: { code: string; detail: string } | null
  attempts: { step: string; outcome: string }[]
  performAs: { leverUserId: string }
  target: unknown
}

/** Asks for an export and waits for its end. */
export async function exportAndWait(api: Api, wish: Record<string, unknown>, withinMs = 30_000): Promise<ExportAnswer> {
  const asked = await api.post<ExportAnswer>('exports', { requestedBy: SOURCER, ...wish })
  if (asked.status !== 202) throw new Error(`the export was refused: ${JSON.stringify(asked.body)}`)
  return waitForEnd(api, asked.body.id, withinMs)
}

export async function waitForEnd(api: Api, id: string, withinMs = 30_000): Promise<ExportAnswer> {
  return eventually(
    'the export ends',
    async () => {
      const { body } = await api.get<ExportAnswer>(`exports/${id}`)
      return ['queued', 'running'].includes(body.status) ? null : body
    },
    withinMs,
  )
}

/** Until its last export has ended. */
export async function waitForBatch(api: Api, id: string, withinMs = 30_000): Promise<void> {
  await eventually(
    'the bulk export ends',
    async () => (await api.get<{ finishedAt: string | null }>(`export-batches/${id}`)).body.finishedAt,
    withinMs,
  )
}

let people = 0
/** The number of exports that the process with this address works on at the moment. */
export async function exportsInProgress(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${OPERATOR_KEY}` } })).text()
  return Number(/^fulcrum_worker_busy\{worker="exports"\} (\d+)/m.exec(metrics)?.[1])
}

/** A candidate nobody has seen, with one email. */
export function newPerson(fields: Record<string, unknown> = {}): Record<string, unknown> {
  people += 1
  const tag = `${people}-${randomBytes(3).toString('hex')}`
  return { name: `Test Person ${tag}`, emails: [`person-${tag}@mail.example`], headline: 'Engineer', ...fields }
}
