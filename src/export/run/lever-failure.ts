import { isServiceError } from '../../errors.ts'
import { LeverCallError } from '../../lever/lever-call-error.ts'
import { isWorthAnotherTry } from '../../lever/write-outcome.ts'
import type { WaitingFor } from '../export-model.ts'

/** Describes a failure, in Lever's words if there are any. */
export function describeFailure(error: unknown): string {
  if (error instanceof LeverCallError && error.leverMessage) return `Lever answered ${error.httpStatus ?? ''}: ${error.leverMessage}`
  return error instanceof Error ? error.message : 'unknown failure'
}

/** True if Lever no longer accepts the grant: wait for a new authorization instead of retrying. */
export function isGrantGone(error: unknown): boolean {
  return isServiceError(error, 'connection_not_active')
}

/**
 * True if another try would end the same way: Lever refuses it, or somebody here has to act. Neither a database failure nor a 2xx answer
 * that did not arrive whole is a refusal.
 */
export function isRefusal(error: unknown): boolean {
  if (error instanceof LeverCallError) return !isWorthAnotherTry(error) && !isCutOff(error)
  return isServiceError(error) && error.status < 500
}

function isCutOff({ kind, httpStatus }: LeverCallError): boolean {
  return httpStatus !== null && httpStatus >= 200 && httpStatus < 300 && (kind === 'timeout' || kind === 'reset' || kind === 'truncated')
}

/** Returns what the next try waits for, and for how long if Lever said so. */
export function pauseOf(error: unknown): { waitingFor: WaitingFor | null; pauseMs?: number } {
  if (!(error instanceof LeverCallError)) return { waitingFor: null }
  const pause = error.retryAfterMs === null ? {} : { pauseMs: error.retryAfterMs }
  return { waitingFor: error.httpStatus === 429 ? 'budget' : 'lever', ...pause }
}
