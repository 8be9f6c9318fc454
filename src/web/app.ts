import type { RequestListener } from 'node:http'
import type Router from '@koa/router'
import Koa from 'koa'
import type { Registry } from 'prom-client'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import type { Accounts } from '../accounts/accounts.ts'
import type { OpenId } from '../accounts/open-id.ts'
import type { Log } from '../log.ts'
import type { Sealer } from '../secrets/sealer.ts'
import { docsPaths, docsRouter } from './api/docs.tsx'
import type { Endpoint } from './api/endpoint.ts'
import { healthPaths, healthRouter } from './api/health.ts'
import { createIdempotency } from './api/idempotency.ts'
import { openApiDocument } from './api/openapi.ts'
import { apiRouter } from './api/router.ts'
import { createHttpMetrics } from './http-metrics.ts'
import { answerAhead, type Intake } from './intake.ts'
import { answerErrors } from './middleware/answer-errors.tsx'
import { nothingHere } from './middleware/nothing-here.ts'
import { pageSession } from './middleware/page-session.ts'
import { createRateGuard } from './middleware/request-rate.ts'
import { requestLog, type NoteServed } from './middleware/request-log.ts'
import { requestState } from './middleware/request-state.ts'
import { createSecurityHeaders, securityHeaders } from './middleware/security-headers.ts'
import { createSignInFailures } from './middleware/sign-in-failures.ts'
import { createSiteCookies } from './middleware/site-cookies.ts'
import { staticAssets } from './middleware/static-assets.ts'
import { accountRouter } from './pages/account.tsx'
import { candidatesRouter, type CandidatesPageDeps } from './pages/candidates.tsx'
import { languageRouter } from './pages/language.ts'
import { setUpRouter } from './pages/set-up.tsx'
import { openIdRouter } from './pages/sign-in-open-id.tsx'
import type { SamplePerson } from './pages/sign-in-page.tsx'
import { signInRouter } from './pages/sign-in.tsx'
import type { SiteState } from './site-state.ts'

export interface HealthAppOptions {
  log: Log
  /** What the process still lacks to serve, by name; empty when it can. */
  readiness: () => Promise<string[]>
  registry: Registry
  operatorApiKey: string | undefined
  publicUrl: string
  /** Origin of Lever's authorization server: the consent starts with a form that leads there. */
  authUrl: string
  /** How many proxies in front set `X-Forwarded-For`. */
  trustedProxies: number
}

export interface AppOptions extends HealthAppOptions {
  accounts: Accounts
  sealer: Sealer
  endpoints: readonly Endpoint[]
  /** Such as Lever's webhooks, and their paths for the OpenAPI document. */
  intakes?: readonly Intake[]
  intakePaths?: ZodOpenApiPathsObject
  pages: readonly Router<SiteState>[]
  /** For the list of candidates, where people land; without it nobody is there. */
  candidatesPage?: CandidatesPageDeps
  /** Sign-in by OpenID Connect, where there is a provider. */
  openId?: OpenId | null
  /** Set only for a trial on one's own machine. */
  samplePeople?: () => Promise<SamplePerson[]>
}

/** The whole site: intakes, API, pages, assets, health. */
export function createApp(options: AppOptions): RequestListener {
  const { accounts, endpoints, publicUrl, operatorApiKey, log } = options
  const [headers, noteServed] = [createSecurityHeaders(options), createNoteServed(options)]
  const app = createBase(options, headers, noteServed)
  const idempotency = createIdempotency({ sealer: options.sealer, hashKeyOf: accounts.hashKeyOf, operatorApiKey })
  const guardRate = createRateGuard()
  const extras = { ...options.intakePaths, ...healthPaths, ...docsPaths }

  app.use(staticAssets())
  app.use(nothingHere())
  mount(app, docsRouter(openApiDocument({ endpoints, extras, publicUrl })))
  mount(app, apiRouter({ endpoints, accounts, operatorApiKey, publicUrl, idempotency, guardRate }))
  app.use(pageSession({ accounts, publicUrl, guardRate }))
  const failures = createSignInFailures()
  const { openId = null, samplePeople } = options
  mount(app, signInRouter({ accounts, failures, openId, samplePeople, publicUrl }))
  if (openId) mount(app, openIdRouter({ accounts, failures, openId, log: options.log }))
  for (const pages of [setUpRouter({ accounts, failures }), accountRouter({ accounts, failures })]) mount(app, pages)
  for (const pages of [languageRouter({ accounts }), candidatesRouter(options.candidatesPage ?? NOBODY_HERE), ...options.pages])
    mount(app, pages)
  return answerAhead(options.intakes ?? [], { log, headers, noteServed }, app.callback())
}

const NOBODY_HERE: CandidatesPageDeps = {
  list: async () => ({ data: [], nextCursor: null }),
  findIds: async () => [],
  findObstacle: async () => null,
}

/** What every process serves, and one that only works serves alone: `/healthz`, `/readyz`, `/metrics`. */
export function createHealthApp(options: HealthAppOptions): Koa<SiteState> {
  const app = createBase(options, createSecurityHeaders(options), createNoteServed(options))
  app.use(nothingHere())
  return app
}

function createBase(options: HealthAppOptions, headers: Record<string, string>, noteServed: NoteServed): Koa<SiteState> {
  const { log, trustedProxies } = options
  const app = new Koa<SiteState>()
  app.proxy = trustedProxies > 0
  app.maxIpsCount = trustedProxies
  app.on('error', (error: unknown) => log.warn({ err: error }, 'an answer broke off'))
  app.use(requestState(createSiteCookies(options.publicUrl)))
  app.use(requestLog(noteServed))
  app.use(securityHeaders(headers))
  app.use(answerErrors(log))
  const { readiness, registry, operatorApiKey, publicUrl } = options
  mount(app, healthRouter({ readiness, metrics: registry, operatorApiKey, publicUrl }))
  return app
}

function createNoteServed({ log, registry }: HealthAppOptions): NoteServed {
  const observe = createHttpMetrics(registry)
  return (served, ids) => {
    observe(served)
    log.info({ ...served, ...ids }, 'request')
  }
}

function mount(app: Koa<SiteState>, router: Router<SiteState>): void {
  app.use(router.routes())
}
