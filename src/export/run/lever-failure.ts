import { isServiceError } from '../../errors.ts'
import { LeverCallError } from '../../lever/lever-call-error.ts'
import { isWorthAnotherTry } from '../../lever/write-outcome.ts'
import type { WaitingFor } from '../export-model.ts'

/** What happened, in Lever's words where it has any. */
export function describeFailure(error: unknown): string {
  if (error instanceof LeverCallError && error.leverMessage) return `Lever answered ${error.httpStatus ?? ''}: ${error.leverMessage}`
  return error instanceof Error ? error.message : 'unknown failure'
}

/** Lever no longer accepts us: wait for a new authorization instead of trying. */
export function isGrantGone(error: unknown): boolean {
  return isServiceError(error, 'connection_not_active')
}

/** Another try would come to the same: Lever refuses it, or somebody has to act here. While the database is away nothing is refused. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof LeverCallError) return !isWorthAnotherTry(error)
  return isServiceError(error) && error.status < 500
}

/** What the next try waits for, and how long where Lever said so. */
export function pauseOf(error: unknown): { waitingFor: WaitingFor | null; pauseMs?: number } {
  if (!(error instanceof LeverCallError)) return { waitingFor: null }
  const pause = error.retryAfterMs === null ? {} : { pauseMs: error.retryAfterMs }
  return { waitingFor: error.httpStatus === 429 ? 'budget' : 'lever', ...pause }
}
