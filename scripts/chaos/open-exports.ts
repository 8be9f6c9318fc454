import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from 'mongodb'

const OPEN = { $or: [{ status: { $in: ['queued', 'checking', 'sending', 'unclear'] } }, { status: 'exported', 'note.status': 'queued' }] }
const LOOK_EVERY_MS = 500
const SAY_EVERY_MS = 10_000

/** Resolves to the number of exports that have not ended, or whose note has not. */
export function countOpen(db: Db): Promise<number> {
  return db.collection('exports').countDocuments(OPEN)
}

/** Reports the number of exports per status now and then, until aborted. */
export async function tellStates(db: Db, say: (line: string) => void, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await sleep(SAY_EVERY_MS, undefined, { signal: over }).catch(() => undefined)
    const states = await countStates(db).catch(() => null)
    say(states ? `exports: ${JSON.stringify(states)}` : 'exports: the database is not there')
  }
}

async function countStates(db: Db): Promise<Record<string, number>> {
  const counted = await db.collection('exports').aggregate<{ _id: string; count: number }>([{ $sortByCount: '$status' }]).toArray() // prettier-ignore
  return Object.fromEntries(counted.map(({ _id, count }) => [_id, count]))
}

/** Gives up after `withinMs` without progress: work that is still open is a finding. */
export async function untilEnded(db: Db, withinMs: number, say: (line: string) => void): Promise<void> {
  let [fewest, since] = [Number.POSITIVE_INFINITY, performance.now()]
  while (performance.now() - since < withinMs) {
    const open = await countOpen(db)
    if (open === 0) return
    if (open < fewest) [fewest, since] = [open, performance.now()]
    await sleep(LOOK_EVERY_MS)
  }
  say(`${fewest} are open, and nothing has ended for ${withinMs / 1000} s.`)
}
