/**
 * Runs `work` for one key at a time: items of the same key that come in before it starts go into one run, those that come
 * while it runs into the next. Each caller's promise is that of the run its item is in.
 */
export function coalesceByKey<T>(work: (items: T[]) => Promise<void>): (key: string, item: T) => Promise<void> {
  const gathering = new Map<string, { items: T[]; done: Promise<void> }>()
  const running = new Map<string, Promise<unknown>>()

  async function run(key: string, items: T[]): Promise<void> {
    await running.get(key)
    gathering.delete(key)
    const current = work(items)
    const settled = current.catch(() => undefined)
    running.set(key, settled)
    try {
      await current
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
