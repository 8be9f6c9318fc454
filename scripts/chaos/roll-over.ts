import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBreaches, gather } from './evidence.ts'
import type { Breach } from './invariants.ts'
import { followRequests } from './lever-log.ts'
import { countOpen, untilEnded } from './open-exports.ts'
import { seededRandom } from './random.ts'
import { setStage, type Ends, type Stage } from './stage.ts'
import { makeWishes } from './wishes.ts'

export interface RollOverOptions {
  /** Folder of the program that runs first; that of this checkout takes over. */
  before: string
  /** For data and logs. */
  folder: string
  say: (line: string) => void
}

export interface RollOverReport {
  breaches: Breach[]
  exports: number
  batches: number
  /** Exit codes of the replaced processes. */
  exitCodes: (number | null)[]
}

const AFTER = join(import.meta.dirname, '..', '..')
/** How long old and new processes run together after each restart, and the old ones before the first. */
const SIDE_BY_SIDE_MS = 5000
const ENDS_WITHIN_MS = 120_000

/**
 * Restarts processes one after another into this checkout during exports, then compares the content of Lever with the requests. Always
 * stops the processes that it started.
 */
export async function rollOver(options: RollOverOptions): Promise<RollOverReport> {
  const ends: Ends = []
  try {
    const stage = await setStage({ folder: options.folder, replicas: 1, root: options.before, say: options.say }, ends)
    return await replaceAll(stage, options.say)
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

async function replaceAll(stage: Stage, say: (line: string) => void): Promise<RollOverReport> {
  const { control, db, urls } = stage
  const log = followRequests(control)
  const over = new AbortController()
  const wishes = makeWishes({
    ...stage,
    random: seededRandom(0, 'wishes'),
    until: over.signal,
    atMost: Number.POSITIVE_INFINITY,
    countOpen: () => countOpen(db),
  })
  const [exitCodes, asked] = await Promise.all([restartEach(stage, say).finally(() => over.abort()), wishes])
  await untilEnded(db, ENDS_WITHIN_MS, say)
  const evidence = await gather(stage, asked, await log.end())
  return { exitCodes, exports: evidence.exports.length, batches: asked.batches.size, breaches: await findBreaches(evidence, asked, urls) }
}

async function restartEach({ processes }: Stage, say: (line: string) => void): Promise<(number | null)[]> {
  const codes: (number | null)[] = []
  await sleep(SIDE_BY_SIDE_MS)
  for (const process of processes) {
    codes.push(await process.restart(AFTER))
    await process.untilReady()
    say(`${process.name} runs this checkout now.`)
    await sleep(SIDE_BY_SIDE_MS)
  }
  return codes
}
