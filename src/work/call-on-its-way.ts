import type { Document } from 'mongodb'

/** Extra time beyond the limit of a call, to save its outcome. */
const SAVE_MARGIN_MS = 1000

/** How long after its start a call's outcome is known, unless its process stops or the outcome is unclear. */
export function callLastsMs(timeoutMs: number): number {
  return timeoutMs + SAVE_MARGIN_MS
}

/**
 * A MongoDB expression: whether a call without a known outcome, started at the time that the expression `began` gives, may still reach
 * Lever. Null means no call.
 */
export function isOnItsWay(began: unknown, timeoutMs: number): Document {
  return { $gt: [began, { $subtract: ['$$NOW', callLastsMs(timeoutMs)] }] }
}
