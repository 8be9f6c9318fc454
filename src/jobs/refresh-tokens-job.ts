import type { RecurringJob } from './recurring-job.ts'

/** Refreshes access tokens to Lever before they expire, so that nobody's request has to wait for it. */
export function refreshTokensJob(connections: { refreshDue: () => Promise<unknown> }): RecurringJob {
  return { name: 'refresh tokens', everyMs: 60_000, run: async () => void (await connections.refreshDue()) }
}
