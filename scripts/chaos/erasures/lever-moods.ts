import { setTimeout as sleep } from 'node:timers/promises'
import type { Calls } from '../../tour/calls.ts'
import { anyFault, liftFaults } from '../lever-faults.ts'
import type { Random } from '../random.ts'
import { LATENCY_MS, SEARCH_LAG_MS, TIMEOUT_MS } from '../times.ts'

const MOODS = ['calm', 'calm', 'slow', 'failing', 'failing', 'down'] as const
type Mood = (typeof MOODS)[number]
const MOOD_LASTS_MS = { least: 800, most: 2500 } as const
const FAULTS = 12
const DOWN = [{ kind: 'resetBefore' }, { kind: 'status', status: 503 }, { kind: 'hangBefore', delayMs: TIMEOUT_MS * 2 }] as const

/**
 * Makes Lever calm, slow at every step, failing at any step, or down, in turn, until aborted; then leaves it calm.
 * @returns how many requests were affected
 */
export async function changeMoods(control: Calls, random: Random, until: AbortSignal): Promise<number> {
  let hits = 0
  while (!until.aborted) {
    hits += await liftFaults(control)
    await take(control, random, random.pick(MOODS))
    await sleep(random.between(MOOD_LASTS_MS.least, MOOD_LASTS_MS.most), undefined, { signal: until }).catch(() => undefined)
  }
  await control.send('PATCH', 'settings', { searchLagMs: 0, latencyMs: 0 })
  return hits + (await liftFaults(control))
}

async function take(control: Calls, random: Random, mood: Mood): Promise<void> {
  const searchLagMs = random.chance(0.3) ? random.between(0, SEARCH_LAG_MS) : 0
  // sometimes longer than a call's time limit
  const latencyMs = mood === 'slow' ? random.between(LATENCY_MS.most, TIMEOUT_MS * 1.1) : random.between(LATENCY_MS.least, LATENCY_MS.most)
  await control.send('PATCH', 'settings', { searchLagMs, latencyMs })
  if (mood === 'down') await control.send('POST', 'faults', { ...random.pick(DOWN), times: 10_000 })
  if (mood === 'failing') for (let planted = 0; planted < FAULTS; planted += 1) await control.send('POST', 'faults', anyFault(random))
}
