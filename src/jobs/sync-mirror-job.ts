import type { RecurringJob } from './recurring-job.ts'

/**
 * Looks every minute for organizations whose sync of Lever's data is due, a quarter of an hour after their last one: so they
 * spread over time, and what a stopped process left is found soon. The sync itself is claimed under a lease of its own.
 */
export function syncMirrorJob(mirror: { syncDue: () => Promise<void> }): RecurringJob {
  return { name: 'sync mirror', everyMs: 60_000, run: () => mirror.syncDue() }
}
