import { LeverCallError } from '../lever/lever-call-error.ts'

const SHORTEST_MS = 500
const LONGEST_MS = 60_000

/** Rests after failed refreshes, twice as long each time: Lever's token endpoint is not hammered while it is out of order. */
export class RefreshRest {
  private readonly resting = new Map<string, { until: number; ms: number; error: LeverCallError }>()

  /** Runs `refresh`, or throws its last failure again while that rests. Other errors than a LeverCallError are no reason to rest. */
  async during<T>(key: string, refresh: () => Promise<T>): Promise<T> {
    const last = this.resting.get(key)
    if (last && performance.now() < last.until) throw last.error
    try {
      const result = await refresh()
      this.resting.delete(key)
      return result
    } catch (error) {
      if (!(error instanceof LeverCallError)) this.resting.delete(key)
      else {
        const ms = Math.min(LONGEST_MS, (last?.ms ?? SHORTEST_MS / 2) * 2)
        this.resting.set(key, { until: performance.now() + ms, ms, error })
      }
      throw error
    }
  }
}
