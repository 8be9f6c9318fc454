/**
 * Writes readings of Lever without waiting for the majority. The write that later marks the work as done does wait,
 * and a reading that is lost before that is read again.
 */
export const MIRROR_WRITES = { w: 1 } as const
