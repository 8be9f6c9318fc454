import { atMost, patienceOf, within, type Patience } from './patience.ts'

/**
 * Shares reads between callers with the same key: one read at a time, and the next one serves all who asked during it. Under load, a read
 * serves many callers, and each waits at most for the end of the read before. A read starts after its callers asked, so none gets older
 * data. A read that takes longer than `patience` allows no longer holds up the next one.
 * @throws what `read` throws, for all of its callers; Error once a read has reached its limit
 */
export function shareReads<T>(read: (key: string) => Promise<T>, patience: Patience = {}): (key: string) => Promise<T> {
  const { patienceMs, limitMs } = patienceOf(patience)
  const underWay = new Map<string, Promise<T>>()
  const next = new Map<string, Promise<T>>()

  async function readNext(key: string): Promise<T> {
    const before = underWay.get(key)
    await (before ? atMost(patienceMs, before) : endOfTurn())
    next.delete(key)
    const reading = within(limitMs, read(key))
    underWay.set(key, reading)
    try {
      return await reading
    } finally {
      if (underWay.get(key) === reading) underWay.delete(key)
    }
  }

  return (key) => {
    const shared = next.get(key) ?? readNext(key)
    next.set(key, shared)
    return shared
  }
}

/** Collects the callers of one turn of the event loop. */
function endOfTurn(): Promise<unknown> {
  return new Promise(setImmediate)
}
