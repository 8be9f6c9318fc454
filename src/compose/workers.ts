import mongoose from 'mongoose'
import { startJobs } from '../jobs/agenda.ts'
import { auditExportsJob } from '../jobs/audit-exports-job.ts'
import { expireJob } from '../jobs/expire-job.ts'
import { refreshTokensJob } from '../jobs/refresh-tokens-job.ts'
import { renewKeysJob } from '../jobs/renew-keys-job.ts'
import { settleBatchesJob } from '../jobs/settle-batches-job.ts'
import { syncMirrorJob } from '../jobs/sync-mirror-job.ts'
import type { Log } from '../log.ts'
import type { ServiceMetrics } from '../operators/service-metrics.ts'
import { watchWork } from '../work/watch-work.ts'
import type { Worker } from '../work/worker.ts'
import type { Parts, ServiceOptions } from './parts.ts'

/** Work that nobody waits for is polled this many times less often, because polls are most of the cost of an idle process. */
const SELDOM = 5

export interface RunningWorkers {
  stop(graceMs: number): Promise<void>
}

interface WorkerSurroundings {
  wakers: Map<string, () => void>
  metrics: ServiceMetrics
  isStopping: () => boolean
}

/** Starts the recurring jobs and a worker for each collection of work, and wakes workers when a change stream shows new work. */
export async function startWorkers(
  parts: Parts,
  options: ServiceOptions,
  log: Log,
  { wakers, metrics, isStopping }: WorkerSurroundings,
): Promise<RunningWorkers> {
  const { exports, conversations, candidates, mirror, connections, webhooks, erasures, deletions } = parts
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
    organization_deletions: deletions.startWorker(SELDOM * options.jobPollMs),
    export_rules: exports.rules.startWorker(options.jobPollMs),
    candidate_imports: candidates.startImportWorker(SELDOM * options.jobPollMs),
    export_audit_runs: exports.startAuditWorker(),
    lever_syncs: mirror.startWorker(),
    lever_opportunity_syncs: mirror.startOpportunityWorker(),
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
