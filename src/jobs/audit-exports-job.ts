import type { RecurringJob } from './recurring-job.ts'

/** Compares exports with what carries our source in Lever. */
export function auditExportsJob(exports: { audit: () => Promise<void> }): RecurringJob {
  return { name: 'audit exports', everyMs: 3_600_000, run: () => exports.audit() }
}
