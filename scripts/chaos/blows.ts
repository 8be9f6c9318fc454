import { setTimeout as sleep } from 'node:timers/promises'
import type { MongodSet } from './mongod-set.ts'
import type { Random } from './random.ts'
import type { ServiceProcess } from './service-process.ts'
import { SUSPENDED_MS } from './times.ts'

const BLOWS = ['kill', 'kill', 'kill', 'kill', 'suspend', 'suspend', 'suspend', 'suspend', 'restart', 'mongodKill', 'stepDown'] as const
/** The share of process blows that hit workers, which hold the work that could be done twice. */
const AT_WORKERS = 0.75
export type Blow = (typeof BLOWS)[number]
export type BlowCounts = Record<Blow, number>

interface Struck {
  processes: readonly ServiceProcess[]
  mongods: MongodSet
}

/**
 * Kills, suspends and restarts at random until aborted: up to three blows at a time, and none on a target that has not recovered from the
 * last one. Resolves when all have recovered.
 * @throws Error if one does not
 */
export async function strike({ processes, mongods }: Struck, random: Random, everyMs: number, until: AbortSignal): Promise<BlowCounts> {
  const counts: BlowCounts = { kill: 0, suspend: 0, restart: 0, mongodKill: 0, stepDown: 0 }
  const down = new Set<string>()
  const workers = processes.filter(({ role }) => role === 'worker')

  async function on(name: string, act: () => Promise<unknown>, blow: Blow): Promise<void> {
    if (down.has(name)) return
    down.add(name)
    counts[blow] += 1
    try {
      await act()
    } finally {
      down.delete(name)
    }
  }

  async function one(): Promise<void> {
    const blow = random.pick(BLOWS)
    const target = random.pick(random.chance(AT_WORKERS) ? workers : processes)
    if (blow === 'kill') return on(target.name, () => target.kill().then(() => target.untilReady()), blow)
    if (blow === 'suspend') return on(target.name, () => target.suspend(random.between(SUSPENDED_MS.least, SUSPENDED_MS.most)), blow)
    if (blow === 'restart') return on(target.name, () => target.restart().then(() => target.untilReady()), blow)
    // a node that is down costs the others their majority, so the set is hit one node at a time
    if (blow === 'mongodKill') return on('mongod', () => mongods.kill(random.between(0, mongods.size - 1)), blow)
    return on('mongod', () => mongods.stepDown().catch(() => undefined), blow)
  }

  async function again(): Promise<void> {
    while (!until.aborted) {
      await sleep(random.between(everyMs / 2, everyMs * 1.5), undefined, { signal: until }).catch(() => undefined)
      if (!until.aborted) await one()
    }
  }

  await Promise.all([again(), again(), again()])
  return counts
}
