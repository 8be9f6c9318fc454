/** MongoDB's code where a unique index holds the value of a write already. */
export const DUPLICATE_KEY = 11_000

/** Whether a unique index refused the write; of a bulk write, whether it refused the first that failed. */
export function isDuplicateKey(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === DUPLICATE_KEY
}

/** Whether unique indexes, and nothing else, refused some writes of an unordered bulk write. */
export function areDuplicateKeys(error: unknown): boolean {
  const { writeErrors } = (error ?? {}) as { writeErrors?: { code?: number } | { code?: number }[] }
  const faults = [writeErrors ?? []].flat()
  return faults.length > 0 && faults.every(({ code }) => code === DUPLICATE_KEY)
}

/** Runs a write that is done once however often it is asked for. @returns false where its unique key was there already */
export async function writeOnce(write: () => PromiseLike<unknown>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Runs an upsert, and once more if another process made the document at the same moment: then it is an update. */
export async function retryUpsert<T>(upsert: () => PromiseLike<T>): Promise<T> {
  try {
    return await upsert()
  } catch (error) {
    if (isDuplicateKey(error)) return upsert()
    throw error
  }
}
