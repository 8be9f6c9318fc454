import { atMost, patienceOf, within, type Patience } from './patience.ts'

/**
 * Runs `work` for one key at a time. Items of a key that arrive before a run starts share that run; those that arrive during it share the
 * next one. Each caller gets the result of the run that contains its item. A run starts after its callers asked, so a run that reads gives
 * nobody older data. A run that takes longer than `patience` allows no longer holds up the next one.
 * @throws what `work` throws, for all callers of the run; Error once a run has reached its limit
 */
export function coalesceByKey<T, R = void>(
  work: (items: T[], key: string) => Promise<R>,
  patience: Patience = {},
): (key: string, item: T) => Promise<R> {
  const { patienceMs, limitMs } = patienceOf(patience)
  const gathering = new Map<string, { items: T[]; done: Promise<R> }>()
  const running = new Map<string, Promise<unknown>>()

  async function run(key: string, items: T[]): Promise<R> {
    const before = running.get(key)
    if (before) await atMost(patienceMs, before)
    gathering.delete(key)
    const current = within(limitMs, Promise.resolve(work(items, key))) // a query of mongoose runs once for each `then`
    running.set(key, current)
    try {
      return await current
    } finally {
      if (running.get(key) === current) running.delete(key)
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
