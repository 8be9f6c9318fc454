import type { Log } from '../log.ts'
import { claimWork, heartbeat, LeaseLost, type Claimed } from '../work/claim.ts'
import type { WorkDocument, WorkStore } from '../work/work-fields.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import { SyncStopped } from './stoppable.ts'

/** The number of organizations that one process syncs concurrently. */
const AT_ONCE = 4
/** Only a safety net: a request wakes the worker of its own process, and the change stream wakes those of others. */
const POLL_MS = 10_000

export interface SyncWorkerOptions<T extends WorkDocument> {
  name: string
  store: WorkStore
  /** `signal` is aborted with a `LeaseLost` or a `SyncStopped`. */
  run: (claimed: Claimed<T>, signal: AbortSignal) => Promise<void>
  leaseMs: number
  log: Log
}

/** Runs due syncs in this process, a few at a time. Any number of processes may do so. */
export function startSyncWorker<T extends WorkDocument>({ name, store, run, leaseMs, log }: SyncWorkerOptions<T>): Worker {
  const running = new WeakMap<Claimed<T>, AbortController>()
  const stopping = new AbortController()

  async function keep(claimed: Claimed<T>): Promise<void> {
    try {
      await heartbeat(store, claimed, leaseMs)
    } catch (error) {
      if (error instanceof LeaseLost || performance.now() >= claimed.leaseEndsAt)
        running.get(claimed)?.abort(new LeaseLost(String(claimed.document._id)))
      throw error
    }
  }

  const worker = startWorker<T>({
    name,
    atOnce: AT_ONCE,
    pollMs: POLL_MS,
    leaseMs,
    claim: (atMost) => claimWork(store, { statuses: ['scheduled'], atMost, leaseMs }),
    keep,
    async run(claimed) {
      const lost = new AbortController()
      running.set(claimed, lost)
      await run(claimed, AbortSignal.any([lost.signal, stopping.signal]))
    },
    log,
  })
  return {
    ...worker,
    async stop(graceMs) {
      stopping.abort(new SyncStopped('this process is stopping')) // running work is released, not waited for
      await worker.stop(graceMs)
    },
  }
}
