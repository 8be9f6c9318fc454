interface Waiter {
  enter: () => void
  refuse: (error: unknown) => void
}

export interface Gate<L extends string> {
  /**
   * Resolves when it is the caller's turn.
   * @throws the signal's reason when aborted, what `open` threw in its turn
   */
  enter(lane: L, signal?: AbortSignal): Promise<void>
}

export interface GateOptions<L extends string> {
  /** Resolves when one of the `waiting` callers may pass; called again for each. */
  open: (waiting: number) => Promise<void>
  /** Turns of a lane relative to the other waiting lanes; on a tie, the heavier lane goes first. */
  weights: Partial<Record<L, number>>
  /** Called in the tick in which the last waiter has passed. */
  onEmpty: () => void
}

/**
 * Lets waiting callers of several lanes pass one by one: turns are in proportion to the lanes' weights, and within a lane in order of
 * arrival. The next caller is chosen when the gate opens, so that a more urgent one that arrived during the wait goes first. A lane earns
 * no turns while it is empty.
 */
export function createGate<L extends string>({ open, weights, onEmpty }: GateOptions<L>): Gate<L> {
  const lines = new Map<L, Waiter[]>()
  /** Each lane's progress; the lane that is furthest behind has the next turn. */
  const distance = new Map<L, number>()
  let pace = 0
  let running = false

  const weightOf = (lane: L): number => weights[lane] ?? 1
  const distanceOf = (lane: L): number => distance.get(lane) ?? 0

  function next(): Waiter | undefined {
    const [lane] = [...lines.keys()].toSorted((a, b) => distanceOf(a) - distanceOf(b) || weightOf(b) - weightOf(a))
    if (lane === undefined) return undefined
    pace = distanceOf(lane)
    distance.set(lane, pace + 1 / weightOf(lane))
    const line = lines.get(lane) ?? []
    const waiter = line.shift()
    if (line.length === 0) lines.delete(lane)
    return waiter
  }

  const waiting = (): number => [...lines.values()].reduce((sum, line) => sum + line.length, 0)

  async function run(): Promise<void> {
    running = true
    while (lines.size > 0) {
      const passed = await open(waiting()).then(
        () => null,
        (error: unknown) => ({ error }),
      )
      const waiter = next()
      if (passed === null) waiter?.enter()
      else waiter?.refuse(passed.error)
    }
    running = false
    onEmpty()
  }

  function leave(lane: L, waiter: Waiter): void {
    const line = lines.get(lane) ?? []
    const stayed = line.filter((one) => one !== waiter)
    if (stayed.length > 0) lines.set(lane, stayed)
    else lines.delete(lane)
  }

  return {
    enter(lane, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error)
        const abort = (): void => {
          leave(lane, waiter)
          reject(signal?.reason as Error)
        }
        const waiter: Waiter = {
          enter: () => (signal?.removeEventListener('abort', abort), resolve()),
          refuse: (error) => (signal?.removeEventListener('abort', abort), reject(error)),
        }
        signal?.addEventListener('abort', abort, { once: true })
        const line = lines.get(lane)
        if (line) line.push(waiter)
        else {
          lines.set(lane, [waiter])
          distance.set(lane, Math.max(distanceOf(lane), pace))
        }
        if (!running) void run()
      })
    },
  }
}
