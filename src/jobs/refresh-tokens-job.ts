import type { RecurringJob } from './recurring-job.ts'

interface Grants {
  refreshDue: () => Promise<unknown>
  tryOlderKeys: () => Promise<unknown>
}

/**
 * Refreshes access tokens for Lever before they expire, so that no request waits for it, and tests the permissions of
 * older API keys.
 */
export function refreshTokensJob(connections: Grants): RecurringJob {
  const run = async (): Promise<void> => {
    await connections.refreshDue()
    await connections.tryOlderKeys()
  }
  return { name: 'refresh tokens', everyMs: 60_000, run }
}
