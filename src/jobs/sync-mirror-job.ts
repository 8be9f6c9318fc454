import type { RecurringJob } from './recurring-job.ts'

/**
 * Checks every minute for organizations whose sync of Lever's data, or sweep of opportunities, is due. Each is due a
 * certain time after its own last one, so they spread over time, and what a stopped process left is found quickly.
 * Running work is claimed under its own leases.
 */
export function syncMirrorJob(mirror: { syncDue: () => Promise<void> }): RecurringJob {
  return { name: 'sync mirror', everyMs: 60_000, run: () => mirror.syncDue() }
}
