import { setTimeout as sleep } from 'node:timers/promises'

/** Slots reserved together: the first is `waitMs` from now, the others follow at the steady rate. */
export interface Reservation {
  waitMs: number
  count: number
  /** How many pauses the budget had seen at that time. */
  pauses: number
}

export interface SlotSource {
  /** Reserves up to `atMost` slots; more than one only if the burst is spent. */
  reserve(atMost: number): Promise<Reservation>
  /** Resolves to the number of pauses that the budget has seen. */
  readPauses(): Promise<number | undefined>
  intervalMs: number
}

export interface LeasedSlots {
  /** Resolves when the next request may be sent. `waiting`: how many wait, including this one. */
  next(waiting: number): Promise<void>
  /** Called when this process pauses the budget: the next slot is checked before use. */
  distrust(): void
}

/** Limits how far ahead slots are reserved, so that other processes do not wait long. */
const LEASE_SPAN_MS = 500
/** A pause by another process is noticed at the first slot of a reservation, and otherwise within this time. */
const PAUSE_SEEN_WITHIN_MS = 200
/** A slot that is more than this late is not used, so that a suspended process does not send a burst when it wakes. */
const VOID_AFTER_MS = 1000

/**
 * Returns one budget's slots for one process. While many requests wait, it reserves several slots at once instead of asking the database
 * for each.
 */
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

  /** Resolves to true if the slot is still valid after the wait for it. */
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
