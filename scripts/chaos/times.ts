/**
 * Lever at ten times its pace, everything else shortened with it. Whatever is planted ends well within these: an effect that comes later than all looks,
 * or a list that learns of it later, is beyond what any caller of Lever could see.
 */
export const PER_SECOND = 100
export const BURST = 20
export const LEASE_MS = 3000
export const TIMEOUT_MS = 1500
export const SETTLE_MS = 2500
export const LATE_EFFECT_MS = 600
export const SEARCH_LAG_MS = 1000
/** Beyond the lease. */
export const SUSPENDED_MS = { least: 3500, most: 7000 } as const
