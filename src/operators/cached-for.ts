/**
 * Returns the result of a `read` that is under way or began less than `ms` ago; otherwise reads again. A failure is
 * not cached.
 */
export function cachedFor<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let kept: { value: Promise<T>; until: number } | undefined
  return () => {
    if (kept && performance.now() < kept.until) return kept.value
    const value = read()
    const mine = { value, until: performance.now() + ms }
    kept = mine
    value.catch(() => {
      if (kept === mine) kept = undefined
    })
    return value
  }
}
