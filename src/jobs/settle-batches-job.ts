import type { RecurringJob } from './recurring-job.ts'

/** Ends the pausing or resuming of a bulk export that a process was stopped in. */
export function settleBatchesJob(exports: { settleBatches: () => Promise<void> }): RecurringJob {
  return { name: 'settle export batches', everyMs: 60_000, run: () => exports.settleBatches() }
}
