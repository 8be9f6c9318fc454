import type { RequestListener } from 'node:http'
import Koa from 'koa'
import type { Registry } from 'prom-client'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import type { Accounts } from '../accounts/accounts.ts'
import type { OpenId } from '../accounts/open-id.ts'
import type { Log } from '../log.ts'
import type { Sealer } from '../secrets/sealer.ts'
import { docsPaths, docsRoutes } from './api/docs.tsx'
import type { Endpoint } from './api/endpoint.ts'
import { healthPaths, healthRoutes } from './api/health.ts'
import { createIdempotency } from './api/idempotency.ts'
import { openApiDocument } from './api/openapi.ts'
import { apiRouter, apiRoutes } from './api/router.ts'
import { createHttpMetrics } from './shell/http-metrics.ts'
import { answerAhead, type Intake } from './shell/intake.ts'
import { compression } from './shell/compression.ts'
import { answerErrors } from './shell/answer-errors.ts'
import { answerNotFound } from './shell/answer-not-found.ts'
import { pageSession } from './shell/page-session.ts'
import { createRateGuard } from './shell/request-rate.ts'
import { requestLog, type NoteServed } from './shell/request-log.ts'
import { requestState } from './shell/request-state.ts'
import { createSecurityHeaders, securityHeaders } from './shell/security-headers.ts'
import type { SignInFailures } from './shell/sign-in-failures.ts'
import { createSiteCookies } from './shell/site-cookies.ts'
import { staticAssets } from './shell/static-assets.ts'
import { assertOpen, untilOpen, type ClosedBy } from './shell/until-open.ts'
import type { Route } from './shell/mount-routes.ts'
import { accountRoutes } from './pages/account/account-routes.tsx'
import { candidatesRoutes, type CandidatesPageDeps } from './pages/candidates/candidates-routes.tsx'
import { showError } from './pages/site/error-page.tsx'
import { languageRoutes } from './pages/site/language-routes.ts'
import { mountPages, type PageRoute } from './shell/page-route.ts'
import { offerToSendAgain } from './pages/site/send-again.tsx'
import { setUpRoutes } from './pages/sign-in/set-up-routes.tsx'
import { openIdRoutes } from './pages/sign-in/open-id-routes.tsx'
import type { SamplePerson } from './pages/sign-in/sign-in-page.tsx'
import { signInRoutes } from './pages/sign-in/sign-in-routes.tsx'
import type { SiteState } from './shell/site-state.ts'

export interface HealthAppOptions {
  log: Log
  /** Names of what the process still needs before it can serve; empty when it is ready. */
  readiness: () => Promise<string[]>
  registry: Registry
  operatorApiKey: string | undefined
  publicUrl: string
  /** Origin of Lever's authorization server: a form that leads there starts the consent. */
  authUrl: string
  /** How many proxies in front of the service set `X-Forwarded-For`. */
  trustedProxies: number
  failures: SignInFailures
}

export interface AppOptions extends HealthAppOptions {
  accounts: Accounts
  sealer: Sealer
  endpoints: readonly Endpoint[]
  /** Lever's webhooks and the like, with their paths for the OpenAPI document. */
  intakes?: readonly Intake[]
  intakePaths?: ZodOpenApiPathsObject
  /** Without it, requests are served at once. */
  closedBy?: ClosedBy
  /** The page routes, one list per area. */
  pages: readonly (readonly PageRoute[])[]
  /** For the list of candidates, which is the start page; without it the list is empty. */
  candidatesPage?: CandidatesPageDeps
  /** Sign-in by OpenID Connect, if a provider is configured. */
  openId?: OpenId | null
  /** Set only for a trial on a local machine. */
  samplePeople?: () => Promise<SamplePerson[]>
}

/** A site and every route that it has mounted. */
export interface Site {
  listener: RequestListener
  routes: readonly Route[]
}

/** Returns the whole site: intakes, API, pages, assets, health. */
export function createApp(options: AppOptions): Site {
  const { accounts, endpoints, publicUrl, operatorApiKey, log, closedBy = () => null } = options
  const [headers, noteServed] = [createSecurityHeaders(options), createNoteServed(options)]
  const { app, routes: health } = createBase(options, headers, noteServed)
  const idempotency = createIdempotency({ sealer: options.sealer, hashKeyOf: accounts.hashKeyOf, operatorApiKey })
  const guardRate = createRateGuard()
  const extras = { ...options.intakePaths, ...healthPaths, ...docsPaths }
  const docs = docsRoutes(() => openApiDocument({ endpoints, extras, publicUrl }))
  const api = apiRoutes(endpoints)
  const pages = pagesOf(options)

  app.use(staticAssets())
  app.use(answerNotFound())
  app.use(mountPages(docs, offerToSendAgain))
  app.use(untilOpen(closedBy))
  app.use(apiRouter(api, { accounts, operatorApiKey, publicUrl, idempotency, guardRate, failures: options.failures }))
  app.use(pageSession({ accounts, publicUrl, guardRate, offerToSendAgain }))
  app.use(mountPages(pages, offerToSendAgain))
  return {
    listener: answerAhead(onceOpen(options.intakes ?? [], closedBy), { log, headers, noteServed }, app.callback()),
    routes: [...health, ...docs, ...api, ...pages],
  }
}

function onceOpen(intakes: readonly Intake[], closedBy: ClosedBy): Intake[] {
  return intakes.map((intake) => ({
    route: intake.route,
    async take(parameter, request) {
      assertOpen(closedBy)
      return intake.take(parameter, request)
    },
  }))
}

function pagesOf(options: AppOptions): PageRoute[] {
  const { accounts, failures, openId = null, samplePeople, publicUrl, log } = options
  return [
    ...signInRoutes({ accounts, failures, openId, samplePeople, publicUrl }),
    ...(openId ? openIdRoutes({ accounts, failures, openId, log }) : []),
    ...setUpRoutes({ accounts, failures }),
    ...accountRoutes({ accounts, failures }),
    ...languageRoutes({ accounts }),
    ...candidatesRoutes(options.candidatesPage ?? NOBODY_HERE),
    ...options.pages.flat(),
  ]
}

const NOBODY_HERE: CandidatesPageDeps = {
  list: async () => ({ data: [], nextCursor: null }),
  findIds: async () => [],
  findExportBlocker: async () => null,
}

/** Returns what every process serves, and all that a worker process serves: `/healthz`, `/readyz`, `/metrics`. */
export function createHealthApp(options: HealthAppOptions): Site {
  const { app, routes } = createBase(options, createSecurityHeaders(options), createNoteServed(options))
  app.use(answerNotFound())
  const handle = app.callback()
  return { listener: (request, response) => void handle(request, response), routes }
}

interface Base {
  app: Koa<SiteState>
  routes: readonly Route[]
}

function createBase(options: HealthAppOptions, headers: Record<string, string>, noteServed: NoteServed): Base {
  const { log, trustedProxies } = options
  const app = new Koa<SiteState>()
  app.proxy = trustedProxies > 0
  app.maxIpsCount = trustedProxies
  app.on('error', (error: unknown) => log.warn({ err: error }, 'an answer was cut off'))
  app.use(requestState(createSiteCookies(options.publicUrl)))
  app.use(requestLog(noteServed))
  app.use(securityHeaders(headers))
  app.use(compression())
  app.use(answerErrors(log, showError))
  const { readiness, registry, operatorApiKey, publicUrl, failures } = options
  const routes = healthRoutes({ readiness, metrics: registry, operatorApiKey, publicUrl, failures })
  app.use(mountPages(routes, offerToSendAgain))
  return { app, routes }
}

function createNoteServed({ log, registry }: HealthAppOptions): NoteServed {
  const observe = createHttpMetrics(registry)
  return (served, ids) => {
    observe(served)
    log.info({ ...served, ...ids }, 'request')
  }
}
