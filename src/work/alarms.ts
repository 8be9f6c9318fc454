/** Later than this, the worker's poll is punctual enough. */
const LONGEST_MS = 60_000
/** Documents that come due within one such span share a timer, so that thousands of them cost no more than twenty claims a second. */
const SPAN_MS = 50

export interface Alarms {
  /** Calls `ring` once `afterMs` have passed, and up to 50 ms later. Ignores what is more than a minute away. */
  set(afterMs: number): void
  clear(): void
}

/** Timers for work that rests: its worker is woken when it comes due, instead of by the next poll. */
export function createAlarms(ring: () => void): Alarms {
  const timers = new Map<number, NodeJS.Timeout>()
  return {
    set(afterMs) {
      if (afterMs > LONGEST_MS) return
      const span = Math.floor((performance.now() + afterMs) / SPAN_MS) + 1
      if (timers.has(span)) return
      const timer = setTimeout(
        () => {
          timers.delete(span)
          ring()
        },
        span * SPAN_MS - performance.now(),
      )
      timers.set(span, timer.unref())
    },
    clear() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
