import mongoose from 'mongoose'
import { RateLimiterMongo } from 'rate-limiter-flexible'
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

  return {
    /** @throws ServiceError `too_many_requests` */
    async assertMayTry(...keys: (string | null)[]): Promise<void> {
      const states = await Promise.all(present(keys).map((key) => counted().get(key)))
      for (const state of states) if (state && state.consumedPoints >= ALLOWED) throw tooManyRequests(state.msBeforeNext)
    },
    async note(...keys: (string | null)[]): Promise<void> {
      await Promise.all(present(keys).map((key) => counted().penalty(key)))
    },
  }
}

/** Addresses are kept only as fingerprints. */
function present(keys: (string | null)[]): string[] {
  return keys.filter((key) => key !== null).map(hashToken)
}
