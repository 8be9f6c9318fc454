/** How callers that share a command bear one that does not answer, for example because its connection to MongoDB died silently. */
export interface Patience {
  /** How long a run waits for the one before it, in ms. Then both are under way. By default 1 s. */
  patienceMs?: number
  /** After this time, in ms, the callers of a run get an error. By default 30 s. */
  limitMs?: number
}

/** For work that must not overlap and limits itself. */
export const UNLIMITED: Patience = { patienceMs: Infinity, limitMs: Infinity }

const PATIENCE_MS = 1000
const LIMIT_MS = 30_000

/** Returns the given times, or the defaults. */
export function patienceOf({ patienceMs = PATIENCE_MS, limitMs = LIMIT_MS }: Patience): Required<Patience> {
  return { patienceMs, limitMs }
}

/** Resolves when `settles` has settled, or after this many ms. Never rejects. */
export async function atMost(ms: number, settles: Promise<unknown>): Promise<void> {
  await timed(ms, settles, (resolve) => resolve(undefined)).catch(() => undefined)
}

/** @throws Error if `settles` has not settled after this many ms */
export async function within<T>(ms: number, settles: Promise<T>): Promise<T> {
  return timed(ms, settles, (_, reject) => reject(new Error(`a shared command did not answer within ${ms / 1000} s`)))
}

function timed<T>(
  ms: number,
  settles: Promise<T>,
  onTime: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  if (ms === Infinity) return settles
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => onTime(resolve as (value: unknown) => void, reject), ms)
    settles.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
