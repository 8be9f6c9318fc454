import { LeverCallError } from './lever-call-error.ts'

/**
 * The outcome of a write to Lever.
 * - `done`: 2xx with everything that we need.
 * - `doneIdUnknown`: 2xx, but its body was cut off, unreadable or without an id: search until it is found, never send again.
 * - `nothing`: nothing was written.
 * - `unclear`: Lever may have done it, now or a little later: wait, search, and only then decide.
 */
export type WriteOutcome = 'done' | 'doneIdUnknown' | 'nothing' | 'unclear'

const neverSent = new WeakSet<object>()

/** Marks an error of ours that kept a write from being sent (a lost lease, a missing grant), and returns it. */
export function markNeverSent(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) neverSent.add(error)
  return error
}

/**
 * Returns the outcome of a write that ended in `error`. Every caller uses this table.
 *
 * | result | outcome |
 * | --- | --- |
 * | 2xx, whatever is wrong with the body | `doneIdUnknown` |
 * | 4xx except 408 | `nothing` |
 * | 408, 3xx, 5xx (including 503) | `unclear` |
 * | refused, DNS, TLS or connect failure | `nothing` |
 * | timeout, reset, anything else after bytes were sent | `unclear` |
 * | our own error before bytes were sent ({@link markNeverSent}) | `nothing` |
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
 * True if the same call may work later, once its outcome is known to be `nothing`: 401 (after a new authorization), 408, 429, 5xx and
 * connection faults. False for every other status, and for errors that are not from a call: their own code decides.
 */
export function isWorthAnotherTry(error: unknown): boolean {
  if (!(error instanceof LeverCallError)) return false
  const { httpStatus } = error
  return httpStatus === null || httpStatus >= 500 || TEMPORARY_4XX.has(httpStatus)
}

function isMarked(error: unknown): boolean {
  return typeof error === 'object' && error !== null && neverSent.has(error)
}
