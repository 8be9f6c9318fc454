import type { Document } from 'mongodb'

/** Beyond the time limit of a call, for saving what came of it. */
const SAVE_MARGIN_MS = 1000

/** How long after its beginning the outcome of a call is known, unless its process stops or the outcome is unclear. */
export function callLastsMs(timeoutMs: number): number {
  return timeoutMs + SAVE_MARGIN_MS
}

/** As an expression: a call without an outcome that began at `began`, another one, may still reach Lever. Null is no call. */
export function isOnItsWay(began: unknown, timeoutMs: number): Document {
  return { $gt: [began, { $subtract: ['$$NOW', callLastsMs(timeoutMs)] }] }
}
