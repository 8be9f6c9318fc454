/** A read whose results are kept for a moment. */
export interface KeptReads<T> {
  read: (key: string) => Promise<T>
  /** Drops everything that is kept. The result of a read that is under way is not kept. */
  forget: () => void
}

const MOST_KEPT = 1000

/**
 * Keeps what `read` returns for `keptMs`, except null. Call `forget` after each change in this process; changes by other processes are seen
 * after `keptMs`.
 */
export function keepBriefly<T>(read: (key: string) => Promise<T>, keptMs: number): KeptReads<T> {
  let kept = new Map<string, { value: T; until: number }>()
  const forget = (): void => {
    kept = new Map()
  }

  return {
    async read(key) {
      const found = kept.get(key)
      if (found && found.until > performance.now()) return found.value
      if (kept.size >= MOST_KEPT) forget()
      const current = kept
      const value = await read(key)
      if (current === kept && value !== null) kept.set(key, { value, until: performance.now() + keptMs })
      return value
    },
    forget,
  }
}
