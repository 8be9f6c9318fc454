import type { RecurringJob } from './recurring-job.ts'

/** Compares exports with the opportunities in Lever that have our source. */
export function auditExportsJob(exports: { audit: () => Promise<void> }): RecurringJob {
  return { name: 'audit exports', everyMs: 3_600_000, run: () => exports.audit() }
}
