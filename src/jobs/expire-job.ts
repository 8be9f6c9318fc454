import type { RecurringJob } from './recurring-job.ts'

/** Lets go of what has had its time: payloads of webhooks after 30 days, uploaded files whose import is over. */
export function expireJob(parts: { expirePayloads: () => Promise<unknown>; dropOrphanedFiles: () => Promise<unknown> }): RecurringJob {
  return {
    name: 'expire',
    everyMs: 3_600_000,
    run: async () => {
      await parts.expirePayloads()
      await parts.dropOrphanedFiles()
    },
  }
}
