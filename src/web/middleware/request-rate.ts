import { actorOf, type Caller } from '../../accounts/caller.ts'
import { ServiceError } from '../../errors.ts'

/** Requests a second, and how many may come at once after a pause. */
const PERSON = { perSecond: 10, burst: 100 }
const KEY = { perSecond: 100, burst: 1000 }

const FORGET_EVERY = 10_000

/** @throws ServiceError `too_many_requests` with `Retry-After` */
export type RateGuard = (caller: Caller) => void

/**
 * Limits how fast each person and each key may ask, on the API and the pages together, counted on this process's monotonic
 * clock (`now`, in ms): it guards the process, so every process counts for itself.
 */
export function createRateGuard(now: () => number = () => performance.now()): RateGuard {
  /** When each key's spent requests will all have been earned again, in ms. */
  const earnedAt = new Map<string, number>()

  return (caller) => {
    const { perSecond, burst } = caller.kind === 'person' ? PERSON : KEY
    const key = actorOf(caller)
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
