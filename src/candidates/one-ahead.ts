/** The same items; the next is made while one is being dealt with. */
export async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    for (let next = source.next(); ;) {
      const { done, value } = await next
      if (done === true) return
      next = source.next()
      next.catch(() => undefined) // thrown where it is awaited
      yield value
    }
  } finally {
    await source.return(undefined)
  }
}
