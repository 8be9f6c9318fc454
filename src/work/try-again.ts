import type { WorkDocument } from './work-fields.ts'

/** Work that Lever does not accept is tried for a day; then a person decides. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000

/** The first pause between two tries, and the longest to which it grows. */
export interface Pauses {
  firstMs: number
  longestMs: number
}

const PAUSES: Pauses = { firstMs: 1000, longestMs: 5 * 60_000 }
const MOST_DOUBLINGS = 12

/** Returns the time of the claim, by the database's clock. */
export function claimedAt({ document }: { document: Pick<WorkDocument, 'leaseUntil'> }, leaseMs: number): Date {
  return new Date((document.leaseUntil?.getTime() ?? Date.now()) - leaseMs)
}

/** True if the work has been tried for longer than `afterMs`, by default a day, and is not tried again. */
export function hasGivenUp({ tryingSince }: { tryingSince?: Date | null }, now: Date, afterMs = GIVE_UP_AFTER_MS): boolean {
  return tryingSince ? now.getTime() - tryingSince.getTime() > afterMs : false
}

/**
 * Returns the pause after a number of tries in a row, in ms. It doubles with each try. A random part of up to half of it spreads out work
 * that failed at the same time.
 */
export function pauseAfter(tries: number, { firstMs, longestMs }: Pauses = PAUSES): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(tries, MOST_DOUBLINGS))
  return ceiling / 2 + Math.random() * (ceiling / 2)
}
