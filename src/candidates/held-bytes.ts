import { ServiceError } from '../errors.ts'

/** What all files that are being received may hold in the memory of this process, in bytes. */
export const MOST_HELD_BYTES = 24 * 1024 * 1024
const RETRY_AFTER_S = 5

let heldInAll = 0

/** The bytes that one file holds in memory. */
export interface HeldBytes {
  /** @throws ServiceError `too_many_requests` with `Retry-After` when this process holds enough of files */
  add(bytes: number): void
  release(): void
}

/** Starts at zero. What was added counts until `release` is called. */
export function holdBytes(): HeldBytes {
  let held = 0
  return {
    add(bytes) {
      if (heldInAll + bytes > MOST_HELD_BYTES) {
        throw new ServiceError('too_many_requests', 'Too many files are being sent at once.', {
          hint: 'Send the file again in a few seconds.',
          headers: { 'Retry-After': String(RETRY_AFTER_S) },
        })
      }
      held += bytes
      heldInAll += bytes
    },
    release() {
      heldInAll -= held
      held = 0
    },
  }
}
