import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import mongoose from 'mongoose'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { composeParts, type Parts, type ServiceOptions } from './parts.ts'
import { composeWeb } from './web.ts'
import { openDatabase, type Database } from './database.ts'
import { startJobs } from '../jobs/agenda.ts'
import { auditExportsJob } from '../jobs/audit-exports-job.ts'
import { expireJob } from '../jobs/expire-job.ts'
import { refreshTokensJob } from '../jobs/refresh-tokens-job.ts'
import { renewKeysJob } from '../jobs/renew-keys-job.ts'
import { settleBatchesJob } from '../jobs/settle-batches-job.ts'
import { syncMirrorJob } from '../jobs/sync-mirror-job.ts'
import type { Log } from '../log.ts'
import { adoptFeatures } from '../operators/adopt-features.ts'
import { registerDatabaseMetrics } from '../operators/database-metrics.ts'
import { markConfidential } from '../operators/mark-confidential.ts'
import { createServiceMetrics, type ServiceMetrics } from '../operators/service-metrics.ts'
import type { Route } from '../web/shell/mount-routes.ts'
import { createWebServer } from '../web/web-server.ts'
import { watchWork } from '../work/watch-work.ts'
import type { Worker } from '../work/worker.ts'

export interface Service {
  /** Listens; `/readyz` says what is missing until the database can be used. @throws Error in words when it cannot listen */
  start(): Promise<{ url: string }>
  /** Every route that the site of this process has mounted, with who may use it. */
  readonly routes: readonly Route[]
  /** Resolves once the database is there and workers run; stays open while it cannot be reached. */
  readonly whenReady: Promise<void>
  /** A link where the first organization and its admin are made, once ready; null where there is anybody, or no page is served. */
  createSetUpLink(): Promise<string | null>
  /** Takes no more requests and work, ends what runs within the grace time, then lets go of everything. May be called twice. */
  stop(): Promise<void>
}

/** Joins the parts into a service, which runs once started: the one place that `main`, scripts and tests start from. */
export function compose(options: ServiceOptions, log: Log): Service {
  const wakers = new Map<string, () => void>()
  const registry = new Registry()
  const metrics = createServiceMetrics(registry)
  const parts = composeParts(options, log, (collection) => wakers.get(collection)?.(), metrics)
  let database: Database | undefined
  collectDefaultMetrics({ register: registry })
  registerDatabaseMetrics(registry, { rate: options.lever, isReady: () => database?.ready() ?? false, log })
  let workers: RunningWorkers | undefined | void
  let stopping: Promise<void> | undefined
  const isStopping = (): boolean => stopping !== undefined
  let beginning: Promise<void> | undefined
  let markReady = (): void => undefined
  const whenReady = new Promise<void>((resolve) => (markReady = resolve))

  const readiness = async (): Promise<string[]> => [
    ...(database?.ready() ? [] : ['database']),
    ...(options.roles.includes('worker') && !workers ? ['workers'] : []),
    ...(stopping ? ['stopping'] : []),
  ]
  const { listener, routes } = composeWeb({ parts, options, log, registry, readiness })
  const server = createWebServer(listener)

  /** Migrates documents of earlier versions; no work runs until this is done. */
  async function adoptOlder(): Promise<boolean> {
    try {
      await markConfidential()
      await parts.connections.dateErasureSwitch()
      await adoptFeatures()
      return true
    } catch (error) {
      log.error({ err: error }, 'data stored by an earlier version could not be migrated; trying again')
      await sleep(WORKERS_RETRY_MS)
      return false
    }
  }

  async function begin(opened: Database): Promise<void> {
    await opened.whenReady
    void parts.webhooks.adoptOldDeliveries().catch((error: unknown) => log.warn({ err: error }, 'old deliveries could not be adopted'))
    for (let isAdopted = false; !isAdopted && !stopping;) isAdopted = await adoptOlder()
    while (options.roles.includes('worker') && !workers && !stopping) {
      workers = await startWorkers(parts, options, log, { wakers, metrics, isStopping }).catch((error: unknown) => {
        log.error({ err: error }, 'the workers did not start; trying again')
        return sleep(WORKERS_RETRY_MS)
      })
    }
    markReady()
    await parts.candidates
      .renewKeys(isStopping)
      .catch((error: unknown) => log.error({ err: error }, 'candidate keys could not all be renewed; a job goes on within the hour'))
    await parts.audit.keyOlderTrails(isStopping).catch((error: unknown) => {
      log.error({ err: error }, 'older audit trails got no key yet; each gets it with its next record')
    })
  }

  async function end(): Promise<void> {
    const closed = closeServer(server, options.shutdownGraceMs)
    if (database?.ready()) await beginning
    await workers?.stop(options.shutdownGraceMs)
    await closed
    await database?.stop()
  }

  return {
    routes,
    whenReady,
    async start() {
      const url = await listen(server, options)
      database = openDatabase(options.mongodbUri, log)
      beginning = begin(database)
      return { url }
    },
    createSetUpLink: async () => (options.roles.includes('web') ? parts.accounts.createSetUpLink() : null),
    stop: () => (stopping ??= end()),
  }
}

const WORKERS_RETRY_MS = 1000
/** Polls that find what a process left behind, and no retries that somebody waits for, may be as much rarer: most cost of an idle process is polls. */
const SELDOM = 5
/** That may wait to be accepted, as far as the system allows: a thousand deliveries may come in one moment. */
const WAITING_CONNECTIONS = 4096

interface RunningWorkers {
  stop(graceMs: number): Promise<void>
}

interface WorkerSurroundings {
  wakers: Map<string, () => void>
  metrics: ServiceMetrics
  isStopping: () => boolean
}

async function startWorkers(
  parts: Parts,
  options: ServiceOptions,
  log: Log,
  { wakers, metrics, isStopping }: WorkerSurroundings,
): Promise<RunningWorkers> {
  const { exports, conversations, candidates, mirror, connections, webhooks, erasures } = parts
  const expire = expireJob({
    expirePayloads: webhooks.expirePayloads,
    dropOrphanedFiles: candidates.dropOrphanedFiles,
    dropOrphanedResumes: () => parts.resumes.dropOrphaned(),
  })
  const jobs = await startJobs({
    connection: mongoose.connection,
    jobs: [
      refreshTokensJob(connections),
      syncMirrorJob(mirror),
      settleBatchesJob(exports),
      auditExportsJob(exports),
      expire,
      renewKeysJob(() => candidates.renewKeys(isStopping)),
    ],
    log,
  })
  const byCollection: Record<string, Worker> = {
    exports: exports.startWorker(options.jobPollMs),
    conversations: conversations.startWorker(options.jobPollMs),
    deliveries: webhooks.startWorker(options.jobPollMs),
    erasures: erasures.startWorker(SELDOM * options.jobPollMs),
    export_rules: exports.rules.startWorker(options.jobPollMs),
    candidate_imports: candidates.startImportWorker(SELDOM * options.jobPollMs),
    lever_syncs: mirror.startWorker(),
    lever_opportunity_syncs: mirror.startOpportunityWorker(parts.effects),
  }
  for (const [collection, worker] of Object.entries(byCollection)) wakers.set(collection, () => worker.wake())
  metrics.watchWorkers(byCollection)
  const watch = watchWork(mongoose.connection, Object.fromEntries(wakers), log, metrics.streamRestarted)
  return {
    async stop(graceMs) {
      await watch.stop()
      await Promise.all([jobs.stop(graceMs), ...Object.values(byCollection).map((worker) => worker.stop(graceMs))])
    },
  }
}

async function listen(server: Server, { host, port }: ServiceOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)))
    server.listen({ port, host, backlog: WAITING_CONNECTIONS }, resolve)
  })
  const address = server.address() as AddressInfo
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(`Port ${port} on ${host} is in use: stop what listens there, or set PORT to a free one.`, { cause: error })
  }
  if (error.code === 'EACCES') return new Error(`Port ${port} needs more rights: set PORT to one above 1023.`, { cause: error })
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return new Error(`HOST ${host} is not an address of this machine.`, { cause: error })
  return error
}

/** Ends idle connections at once and lets answers under way finish, at most `graceMs`. */
async function closeServer(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const force = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(force)
}
