/**
 * Lever half as fast again as it is, everything else shortened. That is less than the processes could do, and it answers slowly, so that each blow finds
 * their hands full: what is waiting for its turn, and what is on its way. Whatever is planted ends well within these: an effect that comes later than all looks,
 * or a list that learns of it later, is beyond what any caller of Lever could see.
 */
export const PER_SECOND = 15
export const BURST = 20
export const LEASE_MS = 2000
export const TIMEOUT_MS = 1500
export const SETTLE_MS = 2500
export const LATE_EFFECT_MS = 600
export const SEARCH_LAG_MS = 1000
export const LATENCY_MS = { least: 20, most: 250 } as const
/** Beyond the lease, and long enough for another worker to have done what was held. */
export const SUSPENDED_MS = { least: 4000, most: 8000 } as const
