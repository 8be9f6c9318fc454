/** This process is stopping: running work is released for another process. */
export class SyncStopped extends Error {}

/**
 * Yields the items in batches of at most `size` until the signal is aborted. Then it throws the signal's reason
 * immediately, without waiting for the item that is under way.
 */
export async function* stoppableBatches<T>(items: AsyncIterable<T>, size: number, signal: AbortSignal): AsyncGenerator<T[]> {
  const iterator = items[Symbol.asyncIterator]()
  const aborted = whenAborted(signal)
  let batch: T[] = []
  for (;;) {
    const next = await Promise.race([iterator.next(), aborted.reason])
    if (!next.done) batch.push(next.value)
    if (next.done || batch.length === size) {
      if (batch.length > 0) yield batch
      batch = []
    }
    if (next.done) break
  }
  aborted.forget()
}

/**
 * Returns the promise's result, or throws the signal's reason as soon as it is aborted. The work then continues, and
 * its result is ignored.
 */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = whenAborted(signal)
  try {
    return await Promise.race([promise, aborted.reason])
  } finally {
    aborted.forget()
  }
}

function whenAborted(signal: AbortSignal): { reason: Promise<never>; forget: () => void } {
  let onAbort = (): void => undefined
  const reason = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  reason.catch(() => undefined) // no caller may be waiting for it
  return { reason, forget: () => signal.removeEventListener('abort', onAbort) }
}
