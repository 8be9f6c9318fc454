/** Time limits for a shared run that does not answer, for example because its connection to MongoDB died silently. */
export interface Patience {
  /** How long a run waits for the previous one, in ms; after that, the two overlap. Default: 1 s. */
  patienceMs?: number
  /** The longest time of a run, in ms; after that, its callers get an error. Default: 30 s. */
  limitMs?: number
}

/** No limits, for work that must not overlap and has its own time limit. */
export const UNLIMITED: Patience = { patienceMs: Infinity, limitMs: Infinity }

const PATIENCE_MS = 1000
const LIMIT_MS = 30_000

/** Returns the given times, or the defaults. */
export function patienceOf({ patienceMs = PATIENCE_MS, limitMs = LIMIT_MS }: Patience): Required<Patience> {
  return { patienceMs, limitMs }
}

/** Resolves when the promise settles, or after `ms`. Never rejects. */
export async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  await timed(ms, promise, (resolve) => resolve(undefined)).catch(() => undefined)
}

/** @throws Error if the promise has not settled after `ms` */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return timed(ms, promise, (_, reject) => reject(new Error(`a shared command did not answer within ${ms / 1000} s`)))
}

function timed<T>(
  ms: number,
  promise: Promise<T>,
  onTime: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  if (ms === Infinity) return promise
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => onTime(resolve as (value: unknown) => void, reject), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
