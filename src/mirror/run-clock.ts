import { claimedAt } from '../work/try-again.ts'
import type { Claimed } from '../work/claim.ts'
import type { WorkDocument } from '../work/work-fields.ts'

/** The database's time during a run of at most some minutes, without a command for each reading. */
export interface RunClock {
  /** When the run was claimed. */
  readonly startedAt: Date
  /** Counted from the claim on the monotonic clock of this process, so never ahead of the database. */
  now(): Date
}

export function runClock<T extends WorkDocument>(claimed: Claimed<T>, leaseMs: number): RunClock {
  return clockFrom(claimedAt(claimed, leaseMs))
}

/** `startedAt` was the database's time just now. */
export function clockFrom(startedAt: Date): RunClock {
  const begunAt = performance.now()
  return { startedAt, now: () => new Date(startedAt.getTime() + performance.now() - begunAt) }
}
