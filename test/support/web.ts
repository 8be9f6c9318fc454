import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { Registry } from 'prom-client'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { createAccounts, type Accounts } from '../../src/accounts/accounts.ts'
import type { OpenId } from '../../src/accounts/open-id.ts'
import type { PersonRole } from '../../src/accounts/person-model.ts'
import type { Audit } from '../../src/audit/audit.ts'
import { createLog, type Log } from '../../src/log.ts'
import { createSealer, type Sealer } from '../../src/secrets/sealer.ts'
import type { Endpoint } from '../../src/web/api/endpoint.ts'
import { createApp, type AppOptions } from '../../src/web/app.ts'
import type { Intake } from '../../src/web/shell/intake.ts'
import { createSignInFailures } from '../../src/web/shell/sign-in-failures.ts'
import type { PageRoute } from '../../src/web/shell/page-route.ts'
import { maskCsrfToken } from '../../src/web/shell/csrf-token.ts'
import { auditWith } from './audit.ts'
import { toNobody } from './domain-events.ts'

export interface WebParts {
  accounts: Accounts
  audit: Audit
  sealer: Sealer
  publicUrl: string
}

export interface StartWebOptions extends Partial<
  Pick<AppOptions, 'trustedProxies' | 'samplePeople' | 'readiness' | 'authUrl' | 'candidatesPage'>
> {
  endpoints?: (parts: WebParts) => readonly Endpoint[]
  intakes?: (parts: WebParts) => readonly Intake[]
  intakePaths?: ZodOpenApiPathsObject
  openId?: (parts: WebParts) => OpenId
  pages?: (parts: WebParts) => readonly (readonly PageRoute[])[]
  /** `null` leaves the operator's API off. */
  operatorApiKey?: string | null
  /** In place of the address listened on. */
  publicUrl?: string
}

/** A small site of real parts on a free port, with one organization. The database is that of mongoose's default connection. */
export interface RunningWeb extends WebParts {
  url: string
  operatorApiKey: string
  organization: string
  apiKey: string
  /** What was logged, a line each. */
  logged: string[]
  /** A request with the organization's API key unless `headers` say otherwise; `json` is sent as the body. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>
  /** Adds a person and signs them in. */
  signIn(email: string, role?: PersonRole): Promise<SignedIn>
  stop(): Promise<void>
}

export interface CallOptions {
  json?: unknown
  body?: string | Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
}

export interface SignedIn {
  cookie: string
  csrfToken: string
  personId: string
}

const OPERATOR_KEY = 'operator-key-of-the-tests'
/** One for all sites of a file, since they share its database. */
const SITE_KEY = randomBytes(32)

export async function startWeb(options: StartWebOptions = {}): Promise<RunningWeb> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const logged: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => void logged.push(line) } })
  const parts = buildParts(options.publicUrl ?? url, log)
  server.on('request', createApp(appOptions(options, parts, logged)).listener)
  const { id: organization, apiKey } = await parts.accounts.createOrganization({ name: 'Acme', sourceName: 'headhuntr.io' })

  const call = (method: string, path: string, { json, body, headers = {} }: CallOptions = {}) =>
    fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...('cookie' in headers || 'authorization' in headers ? {} : { authorization: `Bearer ${apiKey}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
    })

  return {
    ...parts,
    url,
    operatorApiKey: OPERATOR_KEY,
    organization,
    apiKey,
    logged,
    call,
    signIn: signInTo(parts, organization),
    stop: () => stop(server),
  }
}

function buildParts(publicUrl: string, log: Log): WebParts {
  const sealer = createSealer([{ id: 'test', key: SITE_KEY }])
  const audit = auditWith(sealer)
  return {
    sealer,
    audit,
    publicUrl,
    accounts: createAccounts({
      sealer,
      audit,
      publicUrl,
      log,
      publish: toNobody,
    }),
  }
}

function appOptions(options: StartWebOptions, parts: WebParts, logged: string[]): AppOptions {
  return {
    ...parts,
    failures: createSignInFailures(parts.sealer),
    log: createLog({ level: 'debug', destination: { write: (line) => void logged.push(line) } }),
    endpoints: options.endpoints?.(parts) ?? [],
    intakes: options.intakes?.(parts) ?? [],
    intakePaths: options.intakePaths ?? {},
    pages: options.pages?.(parts) ?? [],
    registry: new Registry(),
    readiness: options.readiness ?? (async () => []),
    operatorApiKey: options.operatorApiKey === null ? undefined : (options.operatorApiKey ?? OPERATOR_KEY),
    authUrl: options.authUrl ?? 'https://auth.lever.co',
    trustedProxies: options.trustedProxies ?? 0,
    openId: options.openId?.(parts) ?? null,
    ...(options.samplePeople ? { samplePeople: options.samplePeople } : {}),
    ...(options.candidatesPage ? { candidatesPage: options.candidatesPage } : {}),
  }
}

function signInTo({ accounts, publicUrl }: WebParts, organization: string) {
  const cookieName = publicUrl.startsWith('https:') ? '__Host-fulcrum_session' : 'fulcrum_session'
  return async (email: string, role: PersonRole = 'admin'): Promise<SignedIn> => {
    const { person } = await accounts.putPerson(organization, email, { name: email, role }, 'operator')
    const { token } = await accounts.startSession(organization, person.id, { by: 'link' })
    const session = await accounts.findSession(token)
    return { cookie: `${cookieName}=${token}`, csrfToken: maskCsrfToken(session?.csrfToken ?? ''), personId: person.id }
  }
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
