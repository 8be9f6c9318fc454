/**
 * Repeats `read` until it gives a truthy value, at most `withinMs` (generous: a green run does not wait); the failure names what was waited for.
 * For outcomes that come about in the background.
 */
export async function eventually<T>(what: string, read: () => Promise<T> | T, withinMs = 15_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const value = await read()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
