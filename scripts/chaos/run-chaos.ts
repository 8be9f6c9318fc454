import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { strike, type BlowCounts } from './blows.ts'
import { findBreaches, gather } from './evidence.ts'
import { groupBy } from './group-by.ts'
import { budgetUse, type Breach, type BudgetUse } from './invariants.ts'
import { liftFaults, plantFaults } from './lever-faults.ts'
import { followRequests } from './lever-log.ts'
import { countOpen, tellStates, untilEnded } from './open-exports.ts'
import { seededRandom } from './random.ts'
import { setStage, type Ends, type Stage } from './stage.ts'
import { makeWishes } from './wishes.ts'

export interface ChaosOptions {
  seed: number
  /** Duration of faults, blows and new requests; afterwards it waits for open work. */
  lastsMs: number
  /** Pause between two blows of the same striker; there are three. */
  blowEveryMs: number
  replicas: number
  atMost: number
  folder: string
  say: (line: string) => void
}

export interface ChaosReport {
  seed: number
  breaches: Breach[]
  /** Exports by how they ended. */
  exports: Record<string, number>
  batches: number
  blows: BlowCounts
  faultsHit: number
  requests: number
  /** Refused with 429 by the local Lever's own limit. */
  refused: number
  budget: BudgetUse[]
  /** Processes that exited without being told to. */
  ownEnds: number
  /** The worst delay of the local Lever and the load: above the settle time, nothing here proves anything. */
  latestMs: number
}

const ROOT = join(import.meta.dirname, '..', '..')
const ENDS_WITHIN_MS = 180_000

/**
 * Runs everything, waits until all requested work has ended, and compares the content of Lever with the database. Always stops the
 * processes that it started, also when `signal` is aborted.
 */
export async function runChaos(options: ChaosOptions, signal: AbortSignal): Promise<ChaosReport> {
  const ends: Ends = []
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))))
  try {
    return await Promise.race([setStage({ ...options, root: ROOT }, ends).then((stage) => unleash(stage, options)), aborted])
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

async function unleash(stage: Stage, options: ChaosOptions): Promise<ChaosReport> {
  const { control, processes, db } = stage
  const { seed, say } = options
  const log = followRequests(control)
  const lateness = monitorEventLoopDelay({ resolution: 10 })
  lateness.enable()
  const over = AbortSignal.timeout(options.lastsMs)
  setMaxListeners(20, over)
  const [asked, faultsHitBefore, blows] = await Promise.all([
    makeWishes({ ...stage, random: seededRandom(seed, 'wishes'), until: over, atMost: options.atMost, countOpen: () => countOpen(db) }),
    plantFaults(control, seededRandom(seed, 'faults'), over),
    strike(stage, seededRandom(seed, 'blows'), options.blowEveryMs, over),
    tellStates(db, say, over),
  ])
  say('No more faults or kills; waiting for open work.')
  await untilEnded(db, ENDS_WITHIN_MS, say)
  const faultsHit = faultsHitBefore + (await liftFaults(control))
  lateness.disable()
  const evidence = await gather(stage, asked, await log.end())
  const { exports, requests } = evidence
  return {
    seed, blows, faultsHit,
    breaches: await findBreaches(evidence, asked, stage.urls),
    budget: budgetUse(requests),
    exports: Object.fromEntries([...groupBy(exports, ({ status }) => status)].map(([status, own]) => [status, own.length])),
    batches: asked.batches.size,
    requests: requests.length,
    refused: requests.filter(({ status, fault }) => status === 429 && fault === null).length,
    ownEnds: processes.reduce((sum, process) => sum + process.ownEnds(), 0),
    latestMs: Math.round(lateness.max / 1e6),
  } // prettier-ignore
}
