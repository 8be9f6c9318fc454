import type { Log } from '../log.ts'
import { heartbeat, LeaseLost, type Claimed } from '../work/claim.ts'
import { claimInLanes } from '../work/claim-in-lanes.ts'
import type { WorkDocument, WorkStore } from '../work/work-fields.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import type { RunEnd } from './run-end.ts'
import { SyncStopped } from './stoppable.ts'

/** Only a safety net: a request wakes the worker of its own process, and the change stream wakes those of others. */
const POLL_MS = 10_000

export interface SyncWorkerOptions<T extends WorkDocument> {
  name: string
  store: WorkStore
  /** `signal` is aborted with a `LeaseLost` or a `SyncStopped`. */
  run: (claimed: Claimed<T>, signal: AbortSignal) => Promise<RunEnd>
  /** The number of organizations that one process serves concurrently, by lane. */
  limits: readonly number[]
  leaseMs: number
  log: Log
}

/**
 * Runs due syncs in this process. Any number of processes may do so. Syncs mostly wait for Lever, so many of them run at
 * a time.
 */
export function startSyncWorker<T extends WorkDocument>({ name, store, run, limits, leaseMs, log }: SyncWorkerOptions<T>): Worker {
  const running = new WeakMap<Claimed<T>, AbortController>()
  const stopping = new AbortController()
  const { claim, looksAgain } = claimInLanes<T>(store, { statuses: ['scheduled'], limits, leaseMs })

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
    atOnce: limits.reduce((sum, limit) => sum + limit, 0),
    pollMs: POLL_MS,
    leaseMs,
    claim,
    looksAgain,
    keep,
    async run(claimed) {
      const lost = new AbortController()
      running.set(claimed, lost)
      const end = await run(claimed, AbortSignal.any([lost.signal, stopping.signal]))
      if (end === 'dueAgain') worker.wake()
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
