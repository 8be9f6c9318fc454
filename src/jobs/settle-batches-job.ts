import type { RecurringJob } from './recurring-job.ts'

/** Completes pausing or resuming a bulk export after a process was stopped in the middle. */
export function settleBatchesJob(exports: { settleBatches: () => Promise<void> }): RecurringJob {
  return { name: 'settle export batches', everyMs: 60_000, run: () => exports.settleBatches() }
}
