import { setTimeout as sleep } from 'node:timers/promises'
import type { Calls } from '../tour/calls.ts'
import type { Random } from './random.ts'
import { LATE_EFFECT_MS, LATENCY_MS, SEARCH_LAG_MS, TIMEOUT_MS } from './times.ts'

const ROUND_MS = 3000
/** Per about ninety requests; with many more, hardly any would succeed. */
const FAULTS_A_ROUND = 8
const STATUSES = [408, 429, 500, 502, 503, 504] as const
const CREATE = { method: 'POST', path: '^/opportunities$' } as const
const NOTE = { method: 'POST', path: '^/opportunities/[^/]+/notes$' } as const
const READ = { method: 'GET', path: '^/opportunities' } as const

type Kinds = readonly [kind: string, more: (random: Random) => object][]
const STATUS_FAULT = (random: Random): object => ({ status: random.pick(STATUSES) })
const NOTHING = (): object => ({})

const ON_WRITE: Kinds = [
  ['status', STATUS_FAULT],
  ['statusAfterEffect', () => ({ status: 503 })],
  ['resetBefore', NOTHING],
  ['resetAfter', NOTHING],
  ['resetAfter', NOTHING],
  ['hangBefore', () => ({ delayMs: TIMEOUT_MS * 2 })],
  ['hangAfter', () => ({ delayMs: TIMEOUT_MS * 2 })],
  ['lateEffect', (random) => ({ delayMs: random.between(50, LATE_EFFECT_MS), hang: random.chance(0.5) })],
  ['truncate', NOTHING],
  ['empty', NOTHING],
  ['html', NOTHING],
  ['noId', NOTHING],
  ['slow', (random) => ({ delayMs: random.between(50, TIMEOUT_MS) })],
]
const ON_READ: Kinds = [
  ['status', STATUS_FAULT],
  ['resetBefore', NOTHING],
  ['hangBefore', () => ({ delayMs: TIMEOUT_MS * 2 })],
  ['truncate', NOTHING],
  ['slow', (random) => ({ delayMs: random.between(50, TIMEOUT_MS) })],
]

/**
 * Plants faults of every kind, and varies how far Lever's lists lag, until aborted. The last faults stay for work that is still open.
 * @returns how many were hit, not including those that {@link liftFaults} counts
 */
export async function plantFaults(control: Calls, random: Random, until: AbortSignal): Promise<number> {
  let hits = 0
  while (!until.aborted) {
    hits += await liftFaults(control)
    const lag = random.chance(0.5) ? random.between(0, SEARCH_LAG_MS) : 0
    await control.send('PATCH', 'settings', { searchLagMs: lag, latencyMs: random.between(LATENCY_MS.least, LATENCY_MS.most) })
    for (let planted = 0; planted < FAULTS_A_ROUND; planted += 1) await control.send('POST', 'faults', anyFault(random))
    await sleep(ROUND_MS, undefined, { signal: until }).catch(() => undefined)
  }
  await control.send('PATCH', 'settings', { searchLagMs: 0, latencyMs: 0 })
  return hits
}

/**
 * Removes all faults from the local Lever.
 * @returns how often the removed ones were hit
 */
export async function liftFaults(control: Calls): Promise<number> {
  const { data } = await control.get<{ data: { hits: number }[] }>('faults')
  await control.send('DELETE', 'faults')
  return data.reduce((sum, planted) => sum + planted.hits, 0)
}

/** Returns a fault of any kind for writes and reads of exports and notes, to plant in the local Lever. */
export function anyFault(random: Random): object {
  const match = random.chance(0.7) ? (random.chance(0.8) ? CREATE : NOTE) : READ
  const [kind, more] = random.pick(match === READ ? ON_READ : ON_WRITE)
  return { match, kind, after: random.between(0, 8), ...more(random) }
}
