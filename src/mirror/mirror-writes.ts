/**
 * Writes readings of Lever without waiting for the majority. The write that later marks the work as done does wait; if a
 * reading is lost before that write, the work runs again and reads it again.
 */
export const MIRROR_WRITES = { w: 1 } as const
