/**
 * How readings of Lever are written: without waiting for the majority. Whoever keeps a reading waits for one afterwards, with the write that
 * says that it is done, and a reading that is lost before is read again.
 */
export const MIRROR_WRITES = { w: 1 } as const
