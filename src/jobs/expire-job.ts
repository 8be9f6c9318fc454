import type { RecurringJob } from './recurring-job.ts'

export interface ExpireDeps {
  expirePayloads: () => Promise<unknown>
  dropOrphanedFiles: () => Promise<unknown>
  dropOrphanedResumes: () => Promise<unknown>
}

/**
 * Deletes expired data: webhook payloads after 30 days, uploaded files whose import has ended, and résumés that no
 * candidate uses.
 */
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
