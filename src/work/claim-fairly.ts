import type { Document, Filter, ObjectId } from 'mongodb'
import type { Schema } from 'mongoose'
import { claimable, claimThese, type Claimed, type ClaimOptions } from './claim.ts'
import { createCapacity, type LaneLimit, type Capacity } from './capacity.ts'
import { NEVER, type WorkDocument, type WorkStore } from './work-fields.ts'

export interface FairClaimOptions extends Omit<ClaimOptions, 'atMost'> {
  /** By lane, from 0. Work in other lanes is not claimed. */
  limits: readonly LaneLimit[]
}

type Found = Pick<WorkDocument, '_id' | 'lane' | 'organization'>

/** The name of the index that claims use; see {@link indexForFairClaims}. */
export const FAIR_CLAIM_INDEX = 'fairClaims'
/** Documents that rest until something wakes them are not in the index, so a claim costs nothing for organizations without due work. */
const NOT_RESTING = { dueAt: { $lt: NEVER } } as const
/** If an idle worker finds fewer than this many due documents, it claims them without taking turns. */
const FEW = 4
/** The order within a lane. For several statuses, the index returns this order only if the query has a single `lane`. */
const IN_ORDER = { organization: 1, dueAt: 1 } as const

/** Adds the index that the collection needs, so that a claim reads only what it takes, no matter how many documents wait. */
export function indexForFairClaims(schema: Schema): void {
  schema.index(
    // `_id` distinguishes this index from the full one, which processes of the previous version name in their `hint`
    { status: 1, lane: 1, organization: 1, dueAt: 1, _id: 1 },
    { name: FAIR_CLAIM_INDEX, partialFilterExpression: NOT_RESTING },
  )
}

/**
 * Returns a claim for workers that serve many organizations: the most urgent lane first; within a lane, the organizations with work take
 * turns; within an organization, the oldest first. An organization never holds more than its limit in a worker, no matter how much work it
 * has or how long that work waits. A worker claims more for an organization only once half of its limit is free, which keeps claims rare.
 */
export function claimFairly<T extends WorkDocument>(
  store: WorkStore,
  options: FairClaimOptions,
): (atMost: number, running: readonly T[]) => Promise<Claimed<T>[]> {
  const { limits, leaseMs } = options
  /** The organization that had the last turn, by lane. */
  const served = new Map<number, ObjectId>()
  const work = { $and: [claimable(options), NOT_RESTING] }

  async function find(conditions: Filter<Document>[], limit: number): Promise<Found[]> {
    const wanted = { projection: { lane: 1, organization: 1 }, sort: IN_ORDER, limit, hint: FAIR_CLAIM_INDEX }
    return store.collection.find<Found>({ $and: [work, ...conditions] }, wanted).toArray()
  }

  /** Resolves to all due documents if there are fewer than `FEW`, otherwise to null. */
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

  /** Goes once through all organizations of the lane, starting with the next one, until there is no capacity left. */
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
