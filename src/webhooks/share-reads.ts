/**
 * Lets those who ask for the same key in one turn of the event loop share a reading, which begins at its end: none is given what was true
 * before it asked, and none waits for the reading of another.
 */
export function shareReads<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const gathering = new Map<string, Promise<T>>()

  async function readAtEndOfTurn(key: string): Promise<T> {
    await new Promise(setImmediate)
    gathering.delete(key)
    return read(key)
  }

  return (key) => {
    const shared = gathering.get(key) ?? readAtEndOfTurn(key)
    gathering.set(key, shared)
    return shared
  }
}
