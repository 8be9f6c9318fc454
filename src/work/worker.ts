import type { Log } from '../log.ts'
import type { Claimed } from './claim.ts'
import { LeaseLost } from './claim.ts'
import type { WorkDocument } from './work-fields.ts'

export interface WorkerOptions<T extends WorkDocument> {
  name: string
  /** The maximum number of documents that run at a time. */
  atOnce: number
  /** Looks for work this often even if nothing wakes it. */
  pollMs: number
  leaseMs: number
  /** `running` are the documents that run at the moment. */
  claim: (atMost: number, running: readonly T[]) => Promise<Claimed<T>[]>
  /** Extends the lease of one document. */
  keep: (claimed: Claimed<T>) => Promise<void>
  /** Works on one document until its next pause. If it throws, the error is logged and the lease lapses. */
  run: (claimed: Claimed<T>) => Promise<void>
  /** Whether to look for more work when a document has ended; `running` is how many still run. By default, always. */
  looksAgain?: (running: number) => boolean
  log: Log
}

export interface Worker {
  /** Looks for work now. Cheap; calls in quick succession are combined. */
  wake(): void
  /** Claims no further work. Resolves when all running documents have ended, or after `graceMs`. */
  stop(graceMs: number): Promise<void>
  /** The number of documents that run at the moment. */
  busy(): number
  /** The maximum number of documents that run at a time. */
  readonly atOnce: number
}

/** Starts a worker that claims documents when woken or by poll, runs several at a time, and keeps their leases alive. */
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
        if (options.looksAgain?.(running.size) ?? true) wake()
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
