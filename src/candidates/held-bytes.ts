import { ServiceError } from '../errors.ts'

/** The limit for all files being received, in bytes of this process's memory. */
export const MOST_HELD_BYTES = 24 * 1024 * 1024
const RETRY_AFTER_S = 5

let heldInAll = 0

export interface HeldBytes {
  /** @throws ServiceError `too_many_requests` with `Retry-After` when the files in this process reach the limit */
  add(bytes: number): void
  release(): void
}

/** Starts at zero. Added bytes count until `release` is called. */
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
