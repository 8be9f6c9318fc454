import type { Document, Filter, ObjectId } from 'mongodb'
import { claimable, claimThese, type Claimed, type ClaimOptions } from './claim.ts'
import { createCapacity, type LaneLimit, type Capacity } from './capacity.ts'
import type { WorkDocument, WorkStore } from './work-fields.ts'

export interface FairClaimOptions extends Omit<ClaimOptions, 'atMost'> {
  /** By lane, from 0; other lanes are not worked. */
  limits: readonly LaneLimit[]
}

export interface OwnedWork extends WorkDocument {
  organization: ObjectId
}

type Found = Pick<OwnedWork, '_id' | 'lane' | 'organization'>

/** What the collection needs, so that a claim reads no more than it takes however much waits. */
export const FAIR_CLAIM_INDEX = { status: 1, lane: 1, organization: 1, dueAt: 1 } as const
/** So few are all claimed at once, by one look. */
const FEW = 4
/** Within a lane; the index gives it for several statuses at once only if `lane` is one value. */
const IN_ORDER = { organization: 1, dueAt: 1 } as const

/**
 * A claim for workers that serve many organizations: the most urgent lane first, within a lane by turns of the organizations that have work,
 * within one the oldest first. However much one has, and however long its documents wait for something, it holds no more than its limit; it is
 * given more once half of that is done, so that claims are few.
 */
export function claimFairly<T extends OwnedWork>(
  store: WorkStore,
  options: FairClaimOptions,
): (atMost: number, running: readonly T[]) => Promise<Claimed<T>[]> {
  const { limits, leaseMs } = options
  /** By lane, whose turn it was last. */
  const served = new Map<number, ObjectId>()
  const work = claimable(options)

  async function find(conditions: Filter<Document>[], limit: number): Promise<Found[]> {
    const wanted = { projection: { lane: 1, organization: 1 }, sort: IN_ORDER, limit, hint: FAIR_CLAIM_INDEX }
    return store.collection.find<Found>({ $and: [work, ...conditions] }, wanted).toArray()
  }

  /** All that is due, where that is little: then no turns need to be taken. */
  async function findFew(): Promise<Found[] | null> {
    const ofLanes = { $and: [work, { lane: { $lt: limits.length } }] }
    const wanted = { projection: { lane: 1, organization: 1 }, limit: FEW, hint: FAIR_CLAIM_INDEX }
    const found = await store.collection.find<Found>(ofLanes, wanted).toArray()
    return found.length < FEW ? found.toSorted((a, b) => a.lane - b.lane) : null
  }

  async function takeFrom(lane: number, capacity: Capacity<Found>): Promise<void> {
    if (!capacity.isOpen(lane)) return
    const ofLane = [{ lane }, { organization: { $nin: capacity.organizationsServed(lane) } }]
    const most = limits[lane]?.each ?? 0
    const found = await find(ofLane, most)
    if (found.length === most) return takeTurns(lane, ofLane, capacity)
    for (const one of found) capacity.admit(one)
  }

  /** Every organization of the lane from the next one on and once around, until there is no capacity left. */
  async function takeTurns(lane: number, ofLane: Filter<Document>[], capacity: Capacity<Found>): Promise<void> {
    const last = served.get(lane)
    const around: Filter<Document>[] = last ? [{ organization: { $gt: last } }, { organization: { $lte: last } }] : [{}]
    for (const part of around) {
      let beyond: Filter<Document> = {}
      while (capacity.isOpen(lane)) {
        const found = await find([...ofLane, part, beyond], limits[lane]?.each ?? 0)
        for (const one of found) if (capacity.admit(one)) served.set(lane, one.organization)
        const furthest = found.at(-1)
        if (!furthest) break
        beyond = { organization: { $gt: furthest.organization } }
      }
    }
  }

  return async (atMost, running) => {
    const capacity = createCapacity<Found>(limits, atMost, running)
    const few = running.length === 0 ? await findFew() : null
    if (few) for (const one of few) capacity.admit(one)
    else for (const lane of limits.keys()) await takeFrom(lane, capacity)
    return claimThese<T>(store, capacity.admitted, work, leaseMs)
  }
}
