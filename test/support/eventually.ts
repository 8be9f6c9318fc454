const FIRST_PAUSE_MS = 20
/** Four looks a second are within what one person may ask for, however long it takes. */
const LONGEST_PAUSE_MS = 250

/**
 * Repeats `read` until it gives a truthy value, at most `withinMs` (generous: a green run does not wait); the failure names what was waited for.
 * For outcomes that come about in the background.
 */
export async function eventually<T>(what: string, read: () => Promise<T> | T, withinMs = 30_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
    const value = await read()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
