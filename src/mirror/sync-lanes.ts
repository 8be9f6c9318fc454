/** Lanes of `workFields`: what a person waits for, the reading of all opportunities, and what recurs. */
export const ASKED_FOR = 0
export const READING_ALL = 1
export const RECURRING = 2

/**
 * The number of organizations that one process serves concurrently, by lane. Syncs and sweeps mostly wait for Lever. With
 * answers that take 300 ms, these limits allow about 20 syncs and 90 sweeps a second.
 */
export const SYNC_LIMITS = [16, 0, 32] as const
/** Readings of all opportunities keep many large pages in memory, so only a few run at a time. */
export const OPPORTUNITY_SYNC_LIMITS = [16, 4, 32] as const
