import mongoose from 'mongoose'

/** Returns the current time by the database's clock, which is the same for all processes. */
export async function serverTime(): Promise<Date> {
  const { localTime } = await mongoose.connection.db!.admin().command({ hello: 1 })
  return localTime as Date
}

/** Clocks drift less than a millisecond apart within this time. */
const KNOWN_FOR_MS = 10_000
let known: { atMs: number; readMs: number } | undefined

/**
 * The same, without a command each time: the database's time as last read, plus the time since by the monotonic clock. It may be behind by
 * as long as the answer took, and is never ahead, so it can date the start of a reading of Lever.
 */
export async function timeOfReading(): Promise<Date> {
  if (!known || performance.now() - known.readMs > KNOWN_FOR_MS) {
    const at = await serverTime()
    known = { atMs: at.getTime(), readMs: performance.now() }
  }
  return new Date(known.atMs + performance.now() - known.readMs)
}
