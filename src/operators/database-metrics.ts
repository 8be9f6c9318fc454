import { Gauge, type Registry } from 'prom-client'
import { CONNECTION_STATUSES, ConnectionModel } from '../connection/connection-model.ts'
import { AUDIT_FINDINGS, ExportAuditFindingModel } from '../export/export-audit-model.ts'
import { EXPORT_STATES, ExportModel } from '../export/export-model.ts'
import { describeBudgets } from '../lever/request-budget.ts'
import type { BudgetRate } from '../lever/request-budget-stages.ts'
import type { Log } from '../log.ts'
import { DELIVERY_STATUSES, DeliveryModel } from '../webhooks/delivery-model.ts'
import type { WorkStore } from '../work/work-fields.ts'
import { cachedFor } from './cached-for.ts'
import { readWaitingWork } from './waiting-work.ts'

export interface DatabaseMetricsOptions {
  rate: BudgetRate
  /** While false, nothing is read or shown. */
  isReady: () => boolean
  log: Log
}

const FRESH_MS = 5000
/** Applies to counts of all documents ever stored. They take less than a thousandth of the time, however many there are. */
const COUNTS_FRESH_MS = 60_000
const COUNTS_REST_FACTOR = 1000
const MOST_CREDENTIALS = 200
const LIMIT_MS = 3000
/** Enough characters to distinguish credentials. */
const SHOWN_OF_FINGERPRINT = 12

interface Sample {
  labels: Record<string, string>
  value: number
}

/**
 * Registers metrics of the database. They are the same in every process, and are read at most every few seconds,
 * however often they are scraped. A gauge whose reading failed is left out, and the absence has its own alert.
 */
export function registerDatabaseMetrics(registry: Registry, { rate, isReady, log }: DatabaseMetricsOptions): void {
  const waiting = cachedFor(FRESH_MS, readWaitingWork)
  const budgets = cachedFor(FRESH_MS, () => describeBudgets(rate, MOST_CREDENTIALS))
  const show = (name: string, help: string, labelNames: string[], read: () => Promise<Sample[]>): Gauge =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset()
        if (!isReady()) return
        try {
          for (const { labels, value } of await read()) this.set(labels, value)
        } catch (error) {
          log.warn({ err: error, metric: name }, 'a metric could not be read')
        }
      },
    })

  const ready = new Gauge({
    name: 'fulcrum_database_ready',
    help: 'Whether this process can use the database.',
    registers: [],
    collect() {
      this.set(isReady() ? 1 : 0)
    },
  })
  registry.registerMetric(ready)
  const waitingLabels = ['kind', 'waiting_for']
  show('fulcrum_waiting_oldest_seconds', 'Age of the oldest unfinished work, by kind and by what it waits for.', waitingLabels, async () =>
    (await waiting()).map(({ kind, waitingFor, oldestSeconds }) => ({ labels: { kind, waiting_for: waitingFor }, value: oldestSeconds })),
  )
  show('fulcrum_waiting', 'Amount of unfinished work, by kind and by what it waits for.', waitingLabels, async () =>
    (await waiting()).map(({ kind, waitingFor, count }) => ({ labels: { kind, waiting_for: waitingFor }, value: count })),
  )
  showBudgets(show, budgets)
  showCounts(show)
  showFindings(show)
}

type Show = (name: string, help: string, labelNames: string[], read: () => Promise<Sample[]>) => Gauge

function showBudgets(show: Show, read: () => ReturnType<typeof describeBudgets>): void {
  const values = [
    ['available', 'Requests that can be sent to Lever now, by credential.', 'available'],
    ['used_last_hour', 'Requests to Lever in the last hour, by credential.', 'usedLastHour'],
    ['throttled_last_hour', 'Answers 429 and 503 from Lever in the last hour, by credential.', 'throttled'],
  ] as const
  for (const [name, help, field] of values) {
    show(`fulcrum_lever_budget_${name}`, help, ['credential'], async () =>
      (await read()).map((budget) => ({ labels: { credential: budget.fingerprint.slice(0, SHOWN_OF_FINGERPRINT) }, value: budget[field] })),
    )
  }
}

function showCounts(show: Show): void {
  const counted: [string, string, WorkStore, readonly string[]][] = [
    ['fulcrum_exports', 'Exports by state.', ExportModel, EXPORT_STATES],
    ['fulcrum_deliveries', 'Stored webhook deliveries, by state.', DeliveryModel, DELIVERY_STATUSES],
    ['fulcrum_connections', 'Connections to Lever by status.', ConnectionModel, CONNECTION_STATUSES],
  ]
  for (const [name, help, store, statuses] of counted) {
    const read = cachedFor(COUNTS_FRESH_MS, () => Promise.all(statuses.map((status) => countOf(store, status))), { restFactor: COUNTS_REST_FACTOR }) // prettier-ignore
    show(name, help, ['status'], async () => (await read()).map((value, index) => ({ labels: { status: statuses[index] ?? '' }, value })))
  }
}

function showFindings(show: Show): void {
  const count = (kind: string): Promise<number> => ExportAuditFindingModel.collection.countDocuments({ kind }, { maxTimeMS: LIMIT_MS })
  const read = cachedFor(COUNTS_FRESH_MS, () => Promise.all(AUDIT_FINDINGS.map(count)), { restFactor: COUNTS_REST_FACTOR })
  const help = 'Findings of the hourly comparison of exports with Lever in the last 30 days, by kind.'
  show('fulcrum_export_audit_findings', help, ['kind'], async () =>
    (await read()).map((value, index) => ({ labels: { kind: AUDIT_FINDINGS[index] ?? '' }, value })),
  )
}

/** Counts index keys, not documents. */
async function countOf(store: WorkStore, status: string): Promise<number> {
  return store.collection.countDocuments({ status }, { maxTimeMS: LIMIT_MS })
}
