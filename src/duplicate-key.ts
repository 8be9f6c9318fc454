/** MongoDB's error code if a unique index already holds the value. */
export const DUPLICATE_KEY = 11_000

/** True if a unique index refused the write. For a bulk write, true if it refused the first write that failed. */
export function isDuplicateKey(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === DUPLICATE_KEY
}

/** True if some writes of an unordered bulk write failed, all of them because of unique indexes. */
export function areDuplicateKeys(error: unknown): boolean {
  const { writeErrors } = (error ?? {}) as { writeErrors?: { code?: number } | { code?: number }[] }
  const faults = [writeErrors ?? []].flat()
  return faults.length > 0 && faults.every(({ code }) => code === DUPLICATE_KEY)
}

/** True if what an unordered bulk write wrote may not be durable. */
export function lacksMajority(error: unknown): boolean {
  const { result } = (error ?? {}) as { result?: { getWriteConcernError?: () => unknown } }
  return (result?.getWriteConcernError?.() ?? null) !== null
}

/**
 * Runs a write that takes effect once, however often it is repeated.
 * @returns false if its unique key existed already
 */
export async function writeOnce(write: () => PromiseLike<unknown>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Runs an upsert, and repeats it if another process created the document at the same moment: then it is an update. */
export async function retryUpsert<T>(upsert: () => PromiseLike<T>): Promise<T> {
  try {
    return await upsert()
  } catch (error) {
    if (isDuplicateKey(error)) return upsert()
    throw error
  }
}
