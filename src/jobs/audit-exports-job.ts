import type { RecurringJob } from './recurring-job.ts'

/** Schedules the hourly comparison of exports with Lever for connections that lack one. The comparisons are claimed work. */
export function auditExportsJob(exports: { lookForAudits: () => Promise<void> }): RecurringJob {
  return { name: 'schedule export audits', everyMs: 60_000, run: () => exports.lookForAudits() }
}
