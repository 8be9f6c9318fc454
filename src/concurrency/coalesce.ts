/**
 * Runs `work` for one key at a time. Items of a key that arrive before a run starts share that run; those that arrive during it share the
 * next one. Each caller gets the result of the run that contains its item. A run starts after its callers asked, so a run that reads gives
 * nobody older data.
 */
export function coalesceByKey<T, R = void>(work: (items: T[], key: string) => Promise<R>): (key: string, item: T) => Promise<R> {
  const gathering = new Map<string, { items: T[]; done: Promise<R> }>()
  const running = new Map<string, Promise<unknown>>()

  async function run(key: string, items: T[]): Promise<R> {
    await running.get(key)
    gathering.delete(key)
    const current = Promise.resolve(work(items, key)) // a query of mongoose runs once for each `then`
    const settled = current.catch(() => undefined)
    running.set(key, settled)
    try {
      return await current
    } finally {
      if (running.get(key) === settled) running.delete(key)
    }
  }

  return (key, item) => {
    const open = gathering.get(key)
    if (open) {
      open.items.push(item)
      return open.done
    }
    const items = [item]
    const done = Promise.resolve().then(() => run(key, items)) // prettier-ignore
    gathering.set(key, { items, done })
    return done
  }
}
