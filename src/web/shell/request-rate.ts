import { retryUpsert } from '../../duplicate-key.ts'
import { actorOf, type Caller } from '../../accounts/caller.ts'
import { ServiceError } from '../../errors.ts'
import { RequestRateModel } from './request-rate-model.ts'

/** Requests per second, the burst after a pause, and how many tokens a process takes from the shared bucket at a time. */
interface Rate {
  perSecond: number
  burst: number
  lease: number
}
const PERSON: Rate = { perSecond: 10, burst: 100, lease: 5 }
const KEY: Rate = { perSecond: 100, burst: 1000, lease: 20 }

/** Tokens that a process has not used within this time are returned with its next request for tokens. */
const LEASE_MS = 2000
const FORGET_EVERY = 10_000

/** @throws ServiceError `too_many_requests` with `Retry-After` */
export type RateGuard = (caller: Caller) => Promise<void>

/** Requests that this process may still accept without asking the database, and until when asking is pointless. */
interface Lease {
  left: number
  takenAt: number
  refusedUntil: number
  asking: Promise<void> | null
}

/**
 * Limits the request rate of each person and each key, on the API and the pages together, across all processes: a token bucket in the
 * database, by its clock. A process takes several tokens at a time, so that a busy caller costs one write for many requests. A caller may
 * exceed the burst by what was leased before, at most `lease` per process.
 */
export function createRateGuard(): RateGuard {
  const leases = new Map<string, Lease>()

  return async (caller) => {
    const rate = caller.kind === 'person' ? PERSON : KEY
    const key = actorOf(caller)
    if (leases.size > FORGET_EVERY) forgetIdle(leases)
    const lease = leases.get(key) ?? { left: 0, takenAt: 0, refusedUntil: 0, asking: null }
    leases.set(key, lease)
    for (;;) {
      const now = performance.now()
      if (lease.refusedUntil > now) throw tooManyRequests(lease.refusedUntil - now)
      if (lease.left > 0 && now - lease.takenAt < LEASE_MS) {
        lease.left -= 1
        return
      }
      lease.asking ??= ask(key, lease, rate).finally(() => (lease.asking = null))
      await lease.asking
    }
  }
}

function forgetIdle(leases: Map<string, Lease>): void {
  const now = performance.now()
  for (const [key, { takenAt, refusedUntil, asking }] of leases)
    if (asking === null && now - takenAt > LEASE_MS && refusedUntil < now) leases.delete(key)
}

/** Takes up to `lease` tokens for this process, or notes until when there are none. */
async function ask(key: string, lease: Lease, rate: Rate): Promise<void> {
  const unused = lease.left
  lease.left = 0
  const { granted, waitMs } = await take(key, rate, unused)
  const now = performance.now()
  Object.assign(lease, granted > 0 ? { left: granted, takenAt: now } : { refusedUntil: now + waitMs })
}

const NOW_MS = { $toDouble: '$$NOW' }

/** GCRA: `earnedAt` is when all spent tokens will be earned again, in ms since the epoch by the database's clock. */
async function take(key: string, { perSecond, burst, lease }: Rate, unused: number): Promise<{ granted: number; waitMs: number }> {
  const costMs = 1000 / perSecond
  const spentUntil = { $max: [NOW_MS, { $subtract: [{ $ifNull: ['$earnedAt', 0] }, unused * costMs] }] }
  const free = { $floor: { $divide: [{ $subtract: [{ $add: [NOW_MS, burst * costMs] }, '$earnedAt'] }, costMs] } }
  const update = [
    { $set: { earnedAt: spentUntil, now: NOW_MS } },
    { $set: { granted: { $max: [0, { $min: [lease, free] }] } } },
    { $set: { earnedAt: { $add: ['$earnedAt', { $multiply: ['$granted', costMs] }] } } },
    { $set: { expiresAt: { $toDate: '$earnedAt' } } },
  ]
  const options = { upsert: true, returnDocument: 'after', updatePipeline: true, writeConcern: { w: 1 } } as const
  const write = () => RequestRateModel.findOneAndUpdate({ _id: key }, update, options).orFail().lean()
  const { granted, earnedAt, now } = await retryUpsert(write)
  return { granted, waitMs: Math.max(1, earnedAt + costMs - burst * costMs - now) }
}

export function tooManyRequests(waitMs: number): ServiceError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new ServiceError('too_many_requests', 'Too many requests.', {
    hint: `Wait ${seconds} s, then continue more slowly.`,
    headers: { 'Retry-After': String(seconds) },
  })
}
