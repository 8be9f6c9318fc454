import type { WorkDocument } from './work-fields.ts'

/** Work that Lever does not take is tried for a day; then a person decides. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000

/** The first pause between two tries, and the longest to which it grows. */
export interface Pauses {
  firstMs: number
  longestMs: number
}

const PAUSES: Pauses = { firstMs: 1000, longestMs: 5 * 60_000 }
const MOST_DOUBLINGS = 12

/** The database's clock when the document was claimed. */
export function claimedAt({ document }: { document: Pick<WorkDocument, 'leaseUntil'> }, leaseMs: number): Date {
  return new Date((document.leaseUntil?.getTime() ?? Date.now()) - leaseMs)
}

/** Whether the work has been tried for so long, a day unless told, that it is not tried again. */
export function hasGivenUp({ tryingSince }: { tryingSince?: Date | null }, now: Date, afterMs = GIVE_UP_AFTER_MS): boolean {
  return tryingSince ? now.getTime() - tryingSince.getTime() > afterMs : false
}

/** How long to rest after so many tries in a row, in ms: doubles with each, with jitter above half of it, so that many do not come back at once. */
export function pauseAfter(tries: number, { firstMs, longestMs }: Pauses = PAUSES): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(tries, MOST_DOUBLINGS))
  return ceiling / 2 + Math.random() * (ceiling / 2)
}
