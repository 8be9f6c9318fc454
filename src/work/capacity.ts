import type { ObjectId } from 'mongodb'

/** How many documents of a lane one worker runs at a time: in total (`all`), and for each organization (`each`). */
export interface LaneLimit {
  all: number
  each: number
}

interface Place {
  lane: number
  organization: ObjectId
}

export interface Capacity<T extends Place> {
  /** The documents that were admitted, in that order. */
  readonly admitted: readonly T[]
  isOpen(lane: number): boolean
  /** Admits the document if there is capacity for it. */
  admit(one: T): boolean
  /** Organizations that use more than half of their own limit. */
  organizationsServed(lane: number): ObjectId[]
}

/** The capacity that a worker has left besides `running`, for at most `atMost` further documents. */
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
