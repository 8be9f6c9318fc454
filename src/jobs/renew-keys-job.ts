import type { RecurringJob } from './recurring-job.ts'

/**
 * Continues recomputing candidates' keys after an update if the process at startup did not complete it, and checks
 * again once it is done.
 */
export function renewKeysJob(renewKeys: () => Promise<void>): RecurringJob {
  return { name: 'renew candidate keys', everyMs: 3_600_000, run: renewKeys }
}
