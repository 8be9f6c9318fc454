import { atMost, patienceOf, within, type Patience } from './patience.ts'

/**
 * Shares reads between callers with the same key. Everyone who asks during a read shares the next one, so each caller waits for at most one
 * earlier read, and no longer than `patienceMs`. A read starts after its callers ask, so none of them gets stale data.
 * @throws what `read` throws, for all of its callers; Error if a read takes longer than `limitMs`
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
