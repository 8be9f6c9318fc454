/** For work that comes due later than this, the worker's poll is precise enough. */
export const LONGEST_ALARM_MS = 60_000
/** Documents that come due within the same span share a timer, so that thousands of them cause at most twenty claims a second. */
const SPAN_MS = 50

export interface Alarms {
  /** Calls `ring` after `afterMs`, or up to 50 ms later. Ignores times more than a minute ahead. */
  set(afterMs: number): void
  clear(): void
}

/** Creates timers that wake the worker of resting work when the work comes due, before the next poll. */
export function createAlarms(ring: () => void): Alarms {
  const timers = new Map<number, NodeJS.Timeout>()
  return {
    set(afterMs) {
      if (afterMs > LONGEST_ALARM_MS) return
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
