/**
 * Runs `work` for one key at a time. Items of a key that arrive before a run starts share that run; those that arrive during it share the
 * next one. Each caller's promise settles with the run that contains its item.
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
