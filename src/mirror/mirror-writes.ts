/**
 * Writes readings of Lever without waiting for the majority. If the primary fails, a reading may be lost even though a later write succeeds
 * on the next primary; the next sweep reads the opportunity again.
 */
export const MIRROR_WRITES = { w: 1 } as const

/** For readings that something relies on before the next sweep. */
export const DURABLE = { w: 'majority' } as const
