import type { Document } from 'mongodb'

/** Extra time beyond the limit of a call, to save its outcome. */
const SAVE_MARGIN_MS = 1000

/** Returns how long after its start a call's outcome is known, unless its process stops or the outcome is unclear. */
export function callLastsMs(timeoutMs: number): number {
  return timeoutMs + SAVE_MARGIN_MS
}

/**
 * Returns a MongoDB expression that is true while a call without a known outcome may still reach Lever. `began` is an expression for the
 * start of the call; null means no call.
 */
export function isOnItsWay(began: unknown, timeoutMs: number): Document {
  return { $gt: [began, { $subtract: ['$$NOW', callLastsMs(timeoutMs)] }] }
}
