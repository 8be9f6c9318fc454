import mongoose from 'mongoose'
import { RateLimiterMongo } from 'rate-limiter-flexible'
import { normalizeEmail } from '../../accounts/email-address.ts'
import type { Sealer } from '../../secrets/sealer.ts'
import { tooManyRequests } from './request-rate.ts'

const ALLOWED = 10
const WINDOW_S = 60

export type SignInFailures = ReturnType<typeof createSignInFailures>

/**
 * Counts failed sign-ins and wrong keys across all processes, in the database: ten per minute for each key of a try (an address, an
 * account, a browser), then tries are refused. Keys are stored only as fingerprints.
 */
export function createSignInFailures({ fingerprint }: Pick<Sealer, 'fingerprint'>) {
  let limiter: Promise<RateLimiterMongo> | undefined
  // made at first use, when the database is connected
  const counted = () => (limiter ??= startLimiter().catch((error: unknown) => ((limiter = undefined), Promise.reject(error))))
  /** This process's running tries, by key. */
  const underWay = new Map<string, Set<Promise<unknown>>>()
  /** This process's tries that are being counted, by key. */
  const beingCounted = new Map<string, Set<Promise<unknown>>>()
  /**
   * Counts tries that started or were given back. If this has changed since a count was full, there may be capacity again, or a running try
   * to wait for.
   */
  let moves = 0

  const giveBack = (keys: readonly string[]) => Promise.all(keys.map(async (key) => (await counted()).reward(key)))

  /**
   * Counts a try under all of its keys and resolves to null; or counts nothing and resolves to the full key with the time until it has
   * capacity.
   */
  async function take(keys: readonly string[]): Promise<{ key: string; waitMs: number } | null> {
    for (const [index, key] of keys.entries()) {
      const { consumedPoints, msBeforeNext } = await (await counted()).penalty(key)
      if (consumedPoints <= ALLOWED) continue
      await giveBack(keys.slice(0, index + 1))
      return { key, waitMs: msBeforeNext }
    }
    return null
  }

  async function isFirstRefusal(key: string): Promise<boolean> {
    return (await (await counted()).penalty(`refused ${key}`)).consumedPoints === 1
  }

  return {
    /**
     * Runs a try, which returns null when it fails. A try counts as failed from its start, so at most ten run in parallel; it stops
     * counting once it succeeds or throws. If tries that are still running use up the limit, a new one waits for them. `onLimit` is
     * called for the first refusal in a minute.
     * @throws ServiceError `too_many_requests`, and what `attempt` throws
     */
    async guard<T>(keys: readonly string[], attempt: () => Promise<T | null>, onLimit: () => void): Promise<T | null> {
      const taken = keys.map(fingerprint)
      const count = async () => {
        const full = await take(taken)
        if (full === null) moves += 1
        return full
      }
      for (;;) {
        const movesBefore = moves
        const full = await track(beingCounted, taken, count)
        if (full === null) break
        await Promise.allSettled(runningOf(beingCounted, taken))
        const ahead = runningOf(underWay, taken)
        if (ahead.length === 0 && moves === movesBefore) {
          if (await isFirstRefusal(full.key)) onLimit()
          throw tooManyRequests(full.waitMs)
        }
        await Promise.allSettled(ahead)
      }
      return track(underWay, taken, async () => {
        let failed = false
        try {
          const result = await attempt()
          failed = result === null
          return result
        } finally {
          if (!failed) {
            await giveBack(taken)
            moves += 1
          }
        }
      })
    },
    /**
     * Counts a failure that has already happened without cost, such as a wrong key.
     * @returns the failures including this one, of the fullest key
     * @throws ServiceError `too_many_requests` from the eleventh failure
     */
    async count(keys: readonly string[]): Promise<number> {
      const states = await Promise.all(keys.map(async (key) => (await counted()).penalty(fingerprint(key))))
      const waits = states.flatMap(({ consumedPoints, msBeforeNext }) => (consumedPoints > ALLOWED ? [msBeforeNext] : []))
      if (waits.length > 0) throw tooManyRequests(Math.max(...waits))
      return Math.max(...states.map(({ consumedPoints }) => consumedPoints))
    },
  }
}

/**
 * Creates the indexes first: without the unique one, two simultaneous first failures would make two counts for one key, and the index could
 * then no longer be created.
 */
async function startLimiter(): Promise<RateLimiterMongo> {
  const limiter = new RateLimiterMongo({
    storeClient: mongoose.connection.getClient(),
    dbName: mongoose.connection.name,
    tableName: 'sign_in_failures',
    points: ALLOWED,
    duration: WINDOW_S,
    disableIndexesCreation: true,
  })
  await limiter.createIndexes()
  return limiter
}

async function track<T>(running: Map<string, Set<Promise<unknown>>>, keys: readonly string[], run: () => Promise<T>): Promise<T> {
  const attempt = run()
  for (const key of keys) running.set(key, (running.get(key) ?? new Set()).add(attempt))
  try {
    return await attempt
  } finally {
    for (const key of keys) {
      running.get(key)?.delete(attempt)
      if (running.get(key)?.size === 0) running.delete(key)
    }
  }
}

function runningOf(running: ReadonlyMap<string, Set<Promise<unknown>>>, keys: readonly string[]): Promise<unknown>[] {
  return keys.flatMap((key) => [...(running.get(key) ?? [])])
}

/** Returns the key of an account: its email, whether or not the account exists. */
export function accountKey(email: string): string {
  return `account ${normalizeEmail(email)}`
}
