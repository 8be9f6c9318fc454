/**
 * The rates and times of a run. The local Lever allows half as many requests again as the real one, and everything else is shortened. The
 * processes could do more, and Lever answers slowly, so that each blow hits requests that wait for their turn and requests in flight. All
 * planted faults end well within these times: an effect that comes later than every look, or a list that learns of it later, is beyond what
 * any caller of Lever could see.
 */
export const PER_SECOND = 15
export const BURST = 20
export const LEASE_MS = 2000
export const TIMEOUT_MS = 1500
export const SETTLE_MS = 2500
export const LATE_EFFECT_MS = 600
export const SEARCH_LAG_MS = 1000
export const LATENCY_MS = { least: 20, most: 250 } as const
/** Longer than the lease, and long enough for another worker to do the held work. */
export const SUSPENDED_MS = { least: 4000, most: 8000 } as const
