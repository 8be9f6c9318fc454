/**
 * Lets those who ask for the same key share a reading: one at a time, the next for all who ask meanwhile, so that under load a reading serves
 * many and costs nobody more than the end of the one before. It begins after they asked: none is given what was true earlier.
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

/** Those of one turn of the event loop come together. */
function endOfTurn(): Promise<unknown> {
  return new Promise(setImmediate)
}
