import type { ObjectId } from 'mongodb'

/** How many documents of a lane one worker works on at once: in all, and of one organization. */
export interface LaneLimit {
  all: number
  each: number
}

interface Place {
  lane: number
  organization: ObjectId
}

export interface Capacity<T extends Place> {
  /** What was taken, in that order. */
  readonly admitted: readonly T[]
  isOpen(lane: number): boolean
  /** Takes it, if there is a place for it. */
  admit(one: T): boolean
  /** Organizations of which more than half of what they may have is being worked on. */
  organizationsServed(lane: number): ObjectId[]
}

/** The places that a worker has beside what `running` holds, at most `atMost`. */
export function createCapacity<T extends Place>(limits: readonly LaneLimit[], atMost: number, running: readonly Place[]): Capacity<T> {
  const admitted: T[] = []
  const inLane = new Map<number, number>()
  const ofOrganization = new Map<string, Place & { count: number }>()
  const keyOf = ({ lane, organization }: Place): string => `${lane} ${String(organization)}`
  const countOf = (one: Place): number => ofOrganization.get(keyOf(one))?.count ?? 0
  const limitOf = (lane: number): LaneLimit => limits[lane] ?? { all: 0, each: 0 }

  function hold({ lane, organization }: Place): void {
    inLane.set(lane, (inLane.get(lane) ?? 0) + 1)
    ofOrganization.set(keyOf({ lane, organization }), { lane, organization, count: countOf({ lane, organization }) + 1 })
  }
  const isOpen = (lane: number): boolean => admitted.length < atMost && (inLane.get(lane) ?? 0) < limitOf(lane).all

  for (const one of running) hold(one)
  return {
    admitted,
    isOpen,
    admit(one) {
      if (!isOpen(one.lane) || countOf(one) >= limitOf(one.lane).each) return false
      hold(one)
      admitted.push(one)
      return true
    },
    organizationsServed: (lane) =>
      [...ofOrganization.values()]
        .filter((one) => one.lane === lane && one.count > limitOf(lane).each / 2)
        .map(({ organization }) => organization),
  }
}
