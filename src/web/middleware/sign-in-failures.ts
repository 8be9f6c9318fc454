import mongoose from 'mongoose'
import { RateLimiterMongo, type RateLimiterRes } from 'rate-limiter-flexible'
import { normalizeEmail } from '../../accounts/email-address.ts'
import { hashToken } from '../../secrets/opaque-token.ts'
import { tooManyRequests } from './request-rate.ts'

const ALLOWED = 10
const WINDOW_S = 60

export type SignInFailures = ReturnType<typeof createSignInFailures>

/** Counts failed sign-ins by address and by account, over all processes: ten a minute, then every try is refused. */
export function createSignInFailures() {
  let limiter: RateLimiterMongo | undefined
  // made at the first use, when the database is connected
  const counted = () =>
    (limiter ??= new RateLimiterMongo({
      storeClient: mongoose.connection.getClient(),
      dbName: mongoose.connection.name,
      tableName: 'sign_in_failures',
      points: ALLOWED,
      duration: WINDOW_S,
    }))

  const take = async (key: string): Promise<RateLimiterRes> => counted().penalty(key)
  const giveBack = (keys: string[]) => Promise.all(keys.map((key) => counted().reward(key)))

  return {
    /** @throws ServiceError `too_many_requests` */
    async assertMayTry(...keys: (string | null)[]): Promise<void> {
      const states = await Promise.all(present(keys).map((key) => counted().get(key)))
      for (const state of states) if (state && state.consumedPoints >= ALLOWED) throw tooManyRequests(state.msBeforeNext)
    },
    async note(...keys: (string | null)[]): Promise<void> {
      await Promise.all(present(keys).map(take))
    },
    /**
     * Runs a try that costs time. It counts as failed from its beginning, so that of many at once no more than ten are made, and is
     * forgotten when it gives something. `onLimit` is told of the first that is refused in a minute.
     * @throws ServiceError `too_many_requests`
     */
    async guard<T>(keys: readonly string[], attempt: () => Promise<T | null>, onLimit: () => void): Promise<T | null> {
      const taken = present(keys)
      const states = await Promise.all(taken.map(take))
      if (states.some(({ consumedPoints }) => consumedPoints === ALLOWED + 1)) onLimit()
      for (const { consumedPoints, msBeforeNext } of states) if (consumedPoints > ALLOWED) throw tooManyRequests(msBeforeNext)
      const result = await attempt()
      if (result !== null) await giveBack(taken)
      return result
    },
  }
}

/** Addresses are kept only as fingerprints. */
function present(keys: readonly (string | null)[]): string[] {
  return keys.filter((key) => key !== null).map(hashToken)
}

/** The key of an account: its e-mail, whether or not anybody has it. */
export function accountKey(email: string): string {
  return `account ${normalizeEmail(email)}`
}
