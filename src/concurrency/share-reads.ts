/**
 * Shares reads between callers with the same key: one read at a time, and the next one serves all who asked during it. Under load, a read
 * serves many callers, and each waits at most for the end of the read before. A read starts after its callers asked, so none gets older
 * data.
 */
export function shareReads<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const underWay = new Map<string, Promise<T>>()
  const next = new Map<string, Promise<T>>()

  async function readNext(key: string): Promise<T> {
    await (underWay.get(key) ?? endOfTurn()).catch(() => undefined)
    next.delete(key)
    const reading = read(key)
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
