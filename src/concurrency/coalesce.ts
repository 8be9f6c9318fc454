import { atMost, patienceOf, within, type Patience } from './patience.ts'

/**
 * Combines calls with the same key into one run of `work`; different keys run in parallel. Items that arrive before a run starts join it;
 * items that arrive during a run join the next one. Each caller gets the result of its run. A run starts after its callers ask, so a read
 * never returns stale data. The next run waits for the current one, but no longer than `patienceMs`.
 * @throws what `work` throws, for all callers of the run; Error if a run takes longer than `limitMs`
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
    const current = within(limitMs, Promise.resolve(work(items, key))) // a Mongoose query runs again on every `then`
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
