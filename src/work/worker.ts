import type { Log } from '../log.ts'
import type { Claimed } from './claim.ts'
import { LeaseLost } from './claim.ts'
import type { WorkDocument } from './work-fields.ts'

export interface WorkerOptions<T extends WorkDocument> {
  name: string
  /** How many documents are worked on at once. */
  atOnce: number
  /** Looks for work this often even if nothing wakes it. */
  pollMs: number
  leaseMs: number
  /** `running` are those that are being worked on. */
  claim: (atMost: number, running: readonly T[]) => Promise<Claimed<T>[]>
  /** Extends the lease of one document. */
  keep: (claimed: Claimed<T>) => Promise<void>
  /** Works one document to its next rest. What it throws is logged, and the lease left to lapse. */
  run: (claimed: Claimed<T>) => Promise<void>
  log: Log
}

export interface Worker {
  /** There may be work: look now. Cheap, and coalesced. */
  wake(): void
  /** Takes no more work and resolves when what runs has ended, or after `graceMs`. */
  stop(graceMs: number): Promise<void>
  /** How many documents are being worked on. */
  busy(): number
  /** How many it works on at once, at most. */
  readonly atOnce: number
}

/** Claims documents and works them, several at a time, woken or by poll, keeping each lease alive meanwhile. */
export function startWorker<T extends WorkDocument>(options: WorkerOptions<T>): Worker {
  const { name, atOnce, log } = options
  const running = new Map<Claimed<T>, Promise<void>>()
  let stopped = false
  let looking: Promise<void> | null = null
  let lookAgain = false

  const timer = setInterval(wake, options.pollMs)
  const heart = setInterval(() => void Promise.all([...running.keys()].map(beat)), Math.max(50, options.leaseMs / 3))

  function wake(): void {
    if (stopped) return
    lookAgain = true
    looking ??= look().finally(() => {
      looking = null
      if (lookAgain) wake()
    })
  }

  async function look(): Promise<void> {
    while (lookAgain && !stopped) {
      lookAgain = false
      const room = atOnce - running.size
      if (room <= 0) return
      try {
        const claimed = await options.claim(
          room,
          [...running.keys()].map(({ document }) => document),
        )
        for (const one of claimed) start(one)
        if (claimed.length === room) lookAgain = true
      } catch (error) {
        log.warn({ err: error, worker: name }, 'work could not be claimed')
        return
      }
    }
  }

  function start(claimed: Claimed<T>): void {
    const work = options
      .run(claimed)
      .catch((error: unknown) => report(claimed, error))
      .finally(() => {
        running.delete(claimed)
        wake()
      })
    running.set(claimed, work)
  }

  function report(claimed: Claimed<T>, error: unknown): void {
    const about = { worker: name, document: String(claimed.document._id) }
    if (error instanceof LeaseLost) log.info(about, 'lease lost to another worker')
    else log.error({ ...about, err: error }, 'work failed')
  }

  async function beat(claimed: Claimed<T>): Promise<void> {
    try {
      await options.keep(claimed)
    } catch (error) {
      log.info({ worker: name, document: String(claimed.document._id), err: error }, 'lease not extended')
    }
  }

  wake()
  return {
    wake,
    atOnce,
    busy: () => running.size,
    async stop(graceMs) {
      stopped = true
      clearInterval(timer)
      await looking
      const grace = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref())
      await Promise.race([Promise.allSettled(running.values()), grace])
      clearInterval(heart)
    },
  }
}
