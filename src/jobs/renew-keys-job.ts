import type { RecurringJob } from './recurring-job.ts'

/** Goes on with recomputing candidates' keys after an update, where a start did not end it, and looks again once it is done. */
export function renewKeysJob(renewKeys: () => Promise<void>): RecurringJob {
  return { name: 'renew candidate keys', everyMs: 3_600_000, run: renewKeys }
}
