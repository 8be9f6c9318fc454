import { LeverCallError } from './lever-call-error.ts'

/**
 * What a write to Lever came to.
 * - `done`: 2xx with what we need to know of it.
 * - `doneIdUnknown`: 2xx, but its body was cut off, unreadable or without an id: look until found, never send again.
 * - `nothing`: Lever has nothing of it.
 * - `unclear`: Lever may have done it, now or a little later: let it rest, look, and only then decide.
 */
export type WriteOutcome = 'done' | 'doneIdUnknown' | 'nothing' | 'unclear'

const neverSent = new WeakSet<object>()

/** Marks an error of ours that kept a write from being sent (a lost lease, a missing grant), and gives it back. */
export function markNeverSent(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) neverSent.add(error)
  return error
}

/**
 * The outcome of a write that ended in `error`: the one table that every caller uses.
 *
 * | what came | outcome |
 * | --- | --- |
 * | 2xx, whatever is wrong with the body | `doneIdUnknown` |
 * | 4xx but 408 | `nothing` |
 * | 408, 3xx, 5xx (503 too) | `unclear` |
 * | refused, DNS, TLS or connect failure | `nothing` |
 * | time-out, reset, anything else after bytes went out | `unclear` |
 * | our own error before bytes went out ({@link markNeverSent}) | `nothing` |
 * | any other error | `unclear` |
 */
export function classifyWriteError(error: unknown): Exclude<WriteOutcome, 'done'> {
  if (!(error instanceof LeverCallError)) return isMarked(error) ? 'nothing' : 'unclear'
  const { httpStatus, requestMayHaveArrived } = error
  if (httpStatus === null) return requestMayHaveArrived ? 'unclear' : 'nothing'
  if (httpStatus >= 200 && httpStatus < 300) return 'doneIdUnknown'
  return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408 ? 'nothing' : 'unclear'
}

const TEMPORARY_4XX = new Set([401, 408, 429])

/**
 * Whether the same call may work later, once its outcome is known to be `nothing`: 401 (after a new authorization), 408, 429, 5xx and
 * faults of the connection. False for every other status, and for what is not an error of a call: there its own code decides.
 */
export function isWorthAnotherTry(error: unknown): boolean {
  if (!(error instanceof LeverCallError)) return false
  const { httpStatus } = error
  return httpStatus === null || httpStatus >= 500 || TEMPORARY_4XX.has(httpStatus)
}

function isMarked(error: unknown): boolean {
  return typeof error === 'object' && error !== null && neverSent.has(error)
}
