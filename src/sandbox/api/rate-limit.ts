/** A token bucket for each credential: 10 per second, bursts to 20 (Lever's API documentation). */
import type { World } from '../world.ts'
import { LeverError } from './lever-error.ts'

interface Bucket {
  tokens: number
  filledAt: number
}

/** Returns a function that takes one of the credential's tokens or throws 429, without `Retry-After`, like Lever. */
export function rateLimiter(world: World): (rateKey: string) => void {
  const buckets = new Map<string, Bucket>()
  return (rateKey) => {
    const { enabled, perSecond, burst } = world.settings.rateLimit
    if (!enabled) return
    const now = performance.now()
    const bucket = buckets.get(rateKey) ?? { tokens: burst, filledAt: now }
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond)
    buckets.set(rateKey, { tokens: Math.max(0, tokens - 1), filledAt: now })
    if (tokens < 1) {
      buckets.set(rateKey, { tokens, filledAt: now })
      throw new LeverError(429, 'Too many requests')
    }
  }
}
