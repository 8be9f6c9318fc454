import { setTimeout as sleep } from 'node:timers/promises'

/** Slots reserved in one go: the first so many ms from now, the others at the steady rate behind it. */
export interface Reservation {
  waitMs: number
  count: number
  /** How many pauses the budget had seen by then. */
  pauses: number
}

export interface SlotSource {
  /** Reserves up to so many; more than one only where the burst is spent. */
  reserve(atMost: number): Promise<Reservation>
  /** How many pauses the budget has seen by now. */
  readPauses(): Promise<number | undefined>
  intervalMs: number
}

export interface LeasedSlots {
  /** Resolves when the next request may go out. `waiting`: how many wait, this one included. */
  next(waiting: number): Promise<void>
  /** This process has made a pause: the next slot is not believed before that was looked at. */
  distrust(): void
}

/** No more is reserved ahead than goes out in this time: others must not wait long behind it. */
const LEASE_SPAN_MS = 500
/** A pause that another process makes is seen at a reservation's first slot, and after so long at the latest. */
const PAUSE_SEEN_WITHIN_MS = 200
/** A slot that was slept through for longer is void: those of a process that was stopped must not go out in a heap. */
const VOID_AFTER_MS = 1000

/** Slots of one budget for one process: while many wait the database is asked for several at once, so not for each request. */
export function leaseSlots(source: SlotSource): LeasedSlots {
  const { intervalMs } = source
  const most = Math.max(1, Math.floor(LEASE_SPAN_MS / intervalMs))
  let left: number[] = []
  let [pauses, checkedAt] = [0, 0]

  async function refill(waiting: number): Promise<void> {
    const granted = await source.reserve(Math.min(waiting, most))
    const now = performance.now()
    checkedAt = granted.waitMs > 0 ? Number.NEGATIVE_INFINITY : now
    pauses = granted.pauses
    left = Array.from({ length: granted.count }, (_, index) => now + granted.waitMs + index * intervalMs)
  }

  /** Whether the slot still counts once it was slept towards. */
  async function holds(slot: number): Promise<boolean> {
    const now = performance.now()
    if (now - slot > VOID_AFTER_MS) return false
    if (now - checkedAt <= PAUSE_SEEN_WITHIN_MS) return true
    const seen = await source.readPauses()
    checkedAt = performance.now()
    return seen === pauses
  }

  return {
    async next(waiting) {
      for (;;) {
        if (left.length === 0) await refill(waiting)
        const slot = left.shift() ?? performance.now()
        const waitMs = slot - performance.now()
        if (waitMs > 0) await sleep(Math.ceil(waitMs))
        if (await holds(slot)) return
        left = []
      }
    },
    distrust: () => (checkedAt = Number.NEGATIVE_INFINITY),
  }
}
