import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { ImportEnd } from '../candidates/note-import-end.ts'
import type { RefreshOutcome } from '../connection/access-tokens.ts'
import type { ErasureCause } from '../erasure/erasure-model.ts'
import type { ObservedExport } from '../export/run/run-export-deps.ts'
import type { ObservedCall } from '../lever/client.ts'
import type { ObservedDelivery } from '../webhooks/webhook-deps.ts'
import type { Worker } from '../work/worker.ts'

/** The observers that `compose` passes to the parts. */
export interface Observers {
  observeCall: (call: ObservedCall) => void
  observeRefresh: (outcome: RefreshOutcome) => void
  observeExport: (event: ObservedExport) => void
  observeDelivery: (event: ObservedDelivery) => void
  observeImport: (outcome: ImportEnd['outcome']) => void
  observeErasure: (cause: ErasureCause) => void
}

export interface ServiceMetrics extends Observers {
  streamRestarted: () => void
  /** Registers the workers of this process, by name. */
  watchWorkers: (workers: Readonly<Record<string, Pick<Worker, 'busy' | 'atOnce'>>>) => void
}

/** Creates metrics of what this process has done since its start. Names and labels are documented in OPERATIONS.md. */
export function createServiceMetrics(registry: Registry): ServiceMetrics {
  const count = (name: string, help: string, labelNames: string[] = []): Counter =>
    new Counter({ name, help, labelNames, registers: [registry] })
  const calls = new Histogram({
    name: 'fulcrum_lever_call_duration_seconds',
    help: 'Calls to Lever by name, lane and outcome (status or connection fault), without the wait for the budget.',
    labelNames: ['call', 'lane', 'outcome'],
    buckets: [0.05, 0.1, 0.3, 1, 3, 10, 30],
    registers: [registry],
  })
  const refreshes = count('fulcrum_token_refreshes_total', 'Refreshes of Lever access tokens, by outcome.', ['outcome'])
  const sends = count('fulcrum_export_sends_total', 'Calls that create an opportunity, by outcome.', ['outcome'])
  const ends = count('fulcrum_exports_ended_total', 'Exports that ended, by outcome; failures by code.', ['outcome', 'code'])
  const received = count('fulcrum_deliveries_received_total', 'Webhooks received, by answer.', ['outcome', 'event'])
  const processed = count('fulcrum_deliveries_processed_total', 'Webhooks processed, by outcome.', ['outcome', 'event'])
  const imports = count('fulcrum_imports_ended_total', 'Candidate imports, by outcome.', ['outcome'])
  const erasures = count('fulcrum_erasures_ended_total', 'Completed erasures, by cause.', ['cause'])
  const restarts = count('fulcrum_change_stream_restarts_total', 'Times the change stream that wakes workers ended.')

  return {
    observeCall: ({ call, lane, outcome, tookMs }) => calls.observe({ call, lane, outcome }, tookMs / 1000),
    observeRefresh: (outcome) => refreshes.inc({ outcome }),
    observeExport(event) {
      if (event.step === 'send') sends.inc({ outcome: event.outcome })
      else ends.inc({ outcome: event.outcome, code: event.code ?? '' })
    },
    observeDelivery: ({ step, outcome, event }) => (step === 'intake' ? received : processed).inc({ outcome, event }),
    observeImport: (outcome) => imports.inc({ outcome }),
    observeErasure: (cause) => erasures.inc({ cause }),
    streamRestarted: () => restarts.inc(),
    watchWorkers: (workers) => watchWorkers(registry, workers),
  }
}

function watchWorkers(registry: Registry, workers: Readonly<Record<string, Pick<Worker, 'busy' | 'atOnce'>>>): void {
  const gauge = (name: string, help: string, valueOf: (worker: Pick<Worker, 'busy' | 'atOnce'>) => number): Gauge =>
    new Gauge({
      name,
      help,
      labelNames: ['worker'],
      registers: [registry],
      collect() {
        for (const [worker, running] of Object.entries(workers)) this.set({ worker }, valueOf(running))
      },
    })
  gauge('fulcrum_worker_busy', 'Documents in progress in this process, by worker.', (worker) => worker.busy())
  gauge('fulcrum_worker_slots', 'Maximum number of documents in progress in this process, by worker.', (worker) => worker.atOnce)
}
