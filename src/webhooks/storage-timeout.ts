import { ServiceError } from '../errors.ts'

/** Lever waits about so long for its answer, and delivers again. */
export const STORAGE_TIMEOUT_MS = 8000

/**
 * What the database does, for so long: a driver waits without end for an answer on a connection that died silently, and those who come later
 * would wait behind it.
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
