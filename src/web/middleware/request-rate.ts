import { ServiceError } from '../../errors.ts'

export interface RatePolicy {
  perSecond: number
  /** How many may come at once after a pause. */
  burst: number
}

const FORGET_EVERY = 10_000

/**
 * Lets each key spend `perSecond` requests a second, `burst` at once, counted on this process's monotonic clock: it
 * guards the process, so every process counts for itself.
 * @returns a function that throws ServiceError `too_many_requests` with `Retry-After`
 */
export function createRequestRate(now: () => number = () => performance.now()): (key: string, policy: RatePolicy) => void {
  /** When each key's spent requests will all have been earned again, in ms. */
  const earnedAt = new Map<string, number>()

  return (key, { perSecond, burst }) => {
    const time = now()
    const costMs = 1000 / perSecond
    const next = Math.max(earnedAt.get(key) ?? 0, time) + costMs
    const waitMs = next - time - burst * costMs
    if (waitMs > 0) throw tooManyRequests(waitMs)
    if (earnedAt.size > FORGET_EVERY) for (const [other, at] of earnedAt) if (at <= time) earnedAt.delete(other)
    earnedAt.set(key, next)
  }
}

export function tooManyRequests(waitMs: number): ServiceError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new ServiceError('too_many_requests', 'Too many requests.', {
    hint: `Wait ${seconds} s, then go on more slowly.`,
    headers: { 'Retry-After': String(seconds) },
  })
}
