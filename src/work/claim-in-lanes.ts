import type { Document, Filter } from 'mongodb'
import { claimable, claimThese, type Claimed, type ClaimOptions } from './claim.ts'
import type { WorkDocument, WorkStore } from './work-fields.ts'

export interface LaneClaimOptions extends Omit<ClaimOptions, 'atMost'> {
  /** The number of documents of a lane that one worker runs at a time, by lane, from 0. Work in other lanes is not claimed. */
  limits: readonly number[]
}

export interface LaneClaims<T extends WorkDocument> {
  claim: (atMost: number, running: readonly T[]) => Promise<Claimed<T>[]>
  /** For `looksAgain` of a worker: true if the last claim may have left due work, and half of the worker's capacity is free again. */
  looksAgain: (running: number) => boolean
}

type Found = Pick<WorkDocument, '_id' | 'lane' | 'organization'>

/**
 * Returns a claim for work that has at most one document per organization: the most urgent lane first, the oldest first within a lane, and
 * each lane within its limit, so that a long queue in one lane does not delay the others. Documents are claimed in groups, which share the
 * commands of the claim.
 */
export function claimInLanes<T extends WorkDocument>(store: WorkStore, { limits, leaseMs, ...options }: LaneClaimOptions): LaneClaims<T> {
  const atOnce = sumOf(limits)
  const filter = claimable(options)
  let mayHaveLeft = false

  async function find(lanes: readonly number[], without: readonly Found[], limit: number): Promise<Found[]> {
    const others = without.length === 0 ? {} : { _id: { $nin: without.map(({ _id }) => _id) } }
    const wanted = { projection: { lane: 1, organization: 1 }, sort: { lane: 1, dueAt: 1 }, limit } as const
    return store.collection.find<Found>({ $and: [filter, { lane: { $in: lanes } }, others] } as Filter<Document>, wanted).toArray()
  }

  /** Admits due documents into the lanes' `room`, which it reduces. */
  async function admit(room: number[], atMost: number): Promise<Found[]> {
    const admitted: Found[] = []
    for (;;) {
      const open = room.flatMap((left, lane) => (left > 0 ? [lane] : []))
      const most = Math.min(atMost - admitted.length, sumOf(open.map((lane) => room[lane] ?? 0)))
      const found = most > 0 ? await find(open, admitted, most) : []
      for (const one of found) {
        const { lane } = one
        if ((room[lane] ?? 0) <= 0) continue
        room[lane] = (room[lane] ?? 0) - 1
        admitted.push(one)
      }
      if (most <= 0 || found.length < most) return admitted
    }
  }

  async function claim(atMost: number, running: readonly T[]): Promise<Claimed<T>[]> {
    const room = limits.map((limit, lane) => limit - running.filter((one) => one.lane === lane).length)
    const admitted = await admit(room, atMost)
    mayHaveLeft = admitted.length >= atMost || limits.some((limit, lane) => limit > 0 && (room[lane] ?? 0) <= 0)
    const claimed = await claimThese<T>(store, admitted, filter, leaseMs)
    const othersTookAll = claimed.length === 0 && admitted.length > 0
    return othersTookAll ? claim(atMost, running) : claimed
  }

  return { claim, looksAgain: (running) => mayHaveLeft && running <= atOnce / 2 }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0)
}
