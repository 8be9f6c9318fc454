/**
 * Returns the result of a `read` that is under way or began less than `ms` ago; otherwise reads again. With `restFactor`,
 * a slow read rests for that many times its own duration, so that it never takes more than a small share of the time,
 * however much there is to read. A failure is not cached.
 */
export function cachedFor<T>(ms: number, read: () => Promise<T>, { restFactor = 0 } = {}): () => Promise<T> {
  let kept: { value: Promise<T>; until: number } | undefined
  return () => {
    if (kept && performance.now() < kept.until) return kept.value
    const begunAt = performance.now()
    const value = read()
    const mine = { value, until: begunAt + ms }
    kept = mine
    value.then(
      () => (mine.until = Math.max(mine.until, begunAt + (performance.now() - begunAt) * restFactor)),
      () => {
        if (kept === mine) kept = undefined
      },
    )
    return value
  }
}
