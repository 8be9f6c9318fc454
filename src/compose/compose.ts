import { setTimeout as sleep } from 'node:timers/promises'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { composeParts, type ServiceOptions } from './parts.ts'
import { composeWeb } from './web.ts'
import { openDatabase, type Database, type DatabaseMissing } from './database.ts'
import type { Log } from '../log.ts'
import { registerDatabaseMetrics } from '../operators/database-metrics.ts'
import { createServiceMetrics } from '../operators/service-metrics.ts'
import type { Route } from '../web/shell/mount-routes.ts'
import { closeServer, listen } from '../web/listen.ts'
import { createWebServer } from '../web/web-server.ts'
import { startWorkers, type RunningWorkers } from './workers.ts'

const WORKERS_RETRY_MS = 1000

export interface Service {
  /**
   * Starts to listen. Until the database can be used, `/readyz` says what is missing.
   * @throws Error with a readable message if it cannot listen
   */
  start(): Promise<{ url: string }>
  /** Every route that this process has mounted, with its access. */
  readonly routes: readonly Route[]
  /**
   * Resolves once the database can be used and the workers run; pending until then.
   * @throws SchemaNewer if the database belongs to a newer version: nothing was written, and the process should end
   */
  readonly whenReady: Promise<void>
  /** Once ready, resolves to a link for creating the first organization and its admin; null if a person exists or no page is served. */
  createSetUpLink(): Promise<string | null>
  /** Accepts no further requests and work, lets running ones end within the grace time, then closes everything. May be called twice. */
  stop(): Promise<void>
}

/** Joins the parts into a service that runs once it is started. `main`, scripts and tests all use this. */
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
  let refuse = (_error: unknown): void => undefined
  const whenReady = new Promise<void>((resolve, reject) => ([markReady, refuse] = [resolve, reject]))
  whenReady.catch(() => undefined) // handled where it is awaited

  const readiness = async (): Promise<string[]> => [
    ...[database ? database.missing() : 'database'].filter((missing) => missing !== null),
    ...(options.roles.includes('worker') && !workers ? ['workers'] : []),
    ...(stopping ? ['stopping'] : []),
  ]
  const closedBy = (): DatabaseMissing | null => (database ? database.closedBy() : 'database')
  const { listener, routes } = composeWeb({ parts, options, log, registry, readiness, closedBy })
  const server = createWebServer(listener)

  async function begin(opened: Database): Promise<void> {
    await opened.whenReady
    if (stopping) return
    while (options.roles.includes('worker') && !workers && !stopping) {
      workers = await startWorkers(parts, options, log, { wakers, metrics, isStopping }).catch((error: unknown) => {
        log.error({ err: error }, 'the workers did not start; trying again')
        return sleep(WORKERS_RETRY_MS)
      })
    }
    markReady()
    await parts.candidates
      .renewKeys(isStopping)
      .catch((error: unknown) => log.error({ err: error }, 'not all candidate keys could be renewed; a job continues within the hour'))
    await parts.audit.keyOlderTrails(isStopping).catch((error: unknown) => {
      log.error({ err: error }, 'audit trails of an earlier version have no key yet; each gets one with its next record')
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
      database = openDatabase(options.mongodbUri, { leaseMs: options.leaseMs, log })
      beginning = begin(database).catch(refuse)
      return { url }
    },
    createSetUpLink: async () => (options.roles.includes('web') ? parts.accounts.createSetUpLink() : null),
    stop: () => (stopping ??= end()),
  }
}
