/** Caps what Lever requests, also in case its clock is wrong. */
const LONGEST_RETRY_AFTER_MS = 60_000
const LONGEST_DELAY_MS = 8000

/** Returns a delay in ms with full jitter: anywhere from zero to a limit that doubles with each attempt (0 is the first). */
export function jitteredDelayMs(attempt: number, baseMs: number): number {
  return Math.random() * Math.min(LONGEST_DELAY_MS, baseMs * 2 ** attempt)
}

/** Converts `Retry-After`, in seconds or as a date, into ms, at most a minute; null if it is absent, past or unreadable. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | null {
  if (header === undefined) return null
  const text = header.trim()
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  if (!(ms > 0)) return null
  return Math.min(ms, LONGEST_RETRY_AFTER_MS)
}
