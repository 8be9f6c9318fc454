import { setImmediate } from 'node:timers/promises'

/** How long work on files may block this process before requests and timers get a turn. */
const SLICE_MS = 10

/** The last waiter for a turn in this process. */
let lastInLine: Promise<void> = Promise.resolve()

/** Makes long work yield to the rest of the process; use one object for each piece of work. */
export interface TimeSlice {
  /** True once the slice is used up. Then await `giveWay` before continuing. */
  isOver(): boolean
  /**
   * Resolves at this work's next turn. Each turn of the event loop serves one waiter, however many files are being
   * read.
   */
  giveWay(): Promise<void>
}

export function startTimeSlice(): TimeSlice {
  let endsAt = performance.now() + SLICE_MS
  return {
    isOver: () => performance.now() >= endsAt,
    async giveWay() {
      lastInLine = lastInLine.then(() => setImmediate())
      await lastInLine
      endsAt = performance.now() + SLICE_MS
    },
  }
}
