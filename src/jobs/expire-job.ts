import type { RecurringJob } from './recurring-job.ts'

export interface ExpireDeps {
  expirePayloads: () => Promise<unknown>
  dropOrphanedFiles: () => Promise<unknown>
  dropOrphanedResumes: () => Promise<unknown>
}

/** Lets go of what has had its time: payloads of webhooks after 30 days, uploaded files whose import is over, résumés that no candidate has. */
export function expireJob(parts: ExpireDeps): RecurringJob {
  return {
    name: 'expire',
    everyMs: 3_600_000,
    run: async () => {
      await parts.expirePayloads()
      await parts.dropOrphanedFiles()
      await parts.dropOrphanedResumes()
    },
  }
}
