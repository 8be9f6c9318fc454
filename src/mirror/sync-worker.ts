import { claimWork, heartbeat, LeaseLost, type Claimed } from '../work/claim.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import { runSync, SyncStopped, type RunSyncDeps } from './run-sync.ts'
import { SyncRunModel, type SyncRunDocument } from './sync-run-model.ts'

/** How many organizations one process syncs at a time. */
const AT_ONCE = 4
/** A safety net only: a request wakes the worker of its own process, the change stream those of others. */
const POLL_MS = 10_000

/** Runs due syncs in this process, a few at a time; any number of processes may do so. */
export function startSyncWorker(deps: RunSyncDeps): Worker {
  const running = new WeakMap<Claimed<SyncRunDocument>, AbortController>()
  const stopping = new AbortController()

  async function run(claimed: Claimed<SyncRunDocument>): Promise<void> {
    const lost = new AbortController()
    running.set(claimed, lost)
    await runSync(claimed, deps, AbortSignal.any([lost.signal, stopping.signal]))
  }

  async function keep(claimed: Claimed<SyncRunDocument>): Promise<void> {
    try {
      await heartbeat(SyncRunModel, claimed, deps.leaseMs)
    } catch (error) {
      if (error instanceof LeaseLost || performance.now() >= claimed.leaseEndsAt)
        running.get(claimed)?.abort(new LeaseLost(String(claimed.document._id)))
      throw error
    }
  }

  const worker = startWorker<SyncRunDocument>({
    name: 'syncs',
    atOnce: AT_ONCE,
    pollMs: POLL_MS,
    leaseMs: deps.leaseMs,
    claim: (atMost) => claimWork(SyncRunModel, { statuses: ['scheduled'], atMost, leaseMs: deps.leaseMs }),
    keep,
    run,
    log: deps.log,
  })
  return {
    ...worker,
    async stop(graceMs) {
      stopping.abort(new SyncStopped('this process is stopping')) // what runs is given back, not waited for
      await worker.stop(graceMs)
    },
  }
}
