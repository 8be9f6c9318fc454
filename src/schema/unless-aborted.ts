/**
 * Rejects with the signal's reason when it is aborted, even if `run` is still waiting for the database.
 */
export async function unlessAborted<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  let stop = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([run(), aborted]).finally(() => signal.removeEventListener('abort', stop))
}
