import type { RecurringJob } from './recurring-job.ts'

/**
 * Looks every minute for organizations whose sync of Lever's data, or sweep of opportunities, is due: each some time after its own last one,
 * so they spread over time, and what a stopped process left is found soon. What runs is claimed under leases of its own.
 */
export function syncMirrorJob(mirror: { syncDue: () => Promise<void> }): RecurringJob {
  return { name: 'sync mirror', everyMs: 60_000, run: () => mirror.syncDue() }
}
