import { setImmediate } from 'node:timers/promises'

/** How long the work on files may hold this process before requests and timers get their turn. */
const SLICE_MS = 10

/** The last waiter for a turn in this process. */
let lastInLine: Promise<void> = Promise.resolve()

/** Lets long work give way to the rest of the process; one object for each piece of work. */
export interface TimeSlice {
  /** True once the work has had its time; then await `giveWay` before going on. */
  isOver(): boolean
  /** Resolves at this work's next turn. Each turn of the event loop serves one waiter, however many files are being read. */
  giveWay(): Promise<void>
}

/** A slice that begins now. */
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
