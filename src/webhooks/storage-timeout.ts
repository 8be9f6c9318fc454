import { ServiceError } from '../errors.ts'

/** Lever waits about this long for its answer, then delivers again. */
export const STORAGE_TIMEOUT_MS = 8000

/**
 * Limits how long database work may take. A driver waits forever for an answer on a connection that died silently, and later callers would
 * wait behind it.
 * @throws ServiceError `storage_unavailable`
 */
export function withStorageTimeout<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooLate()), STORAGE_TIMEOUT_MS)
    void work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function tooLate(): ServiceError {
  return new ServiceError('storage_unavailable', 'The database took too long; deliver it again.')
}
