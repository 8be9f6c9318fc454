import { randomUUID } from 'node:crypto'
import type { Model, PipelineStage, QueryFilter, UpdateQuery } from 'mongoose'
import type { WorkDocument } from './work-fields.ts'

/** A document held under a lease. Every write goes through {@link writeFenced}. */
export interface Claimed<T extends WorkDocument> {
  readonly document: T
  /** On the monotonic clock of this process (`performance.now()`); moves with each heartbeat. */
  leaseEndsAt: number
}

export interface ClaimOptions<T extends WorkDocument> {
  statuses: readonly string[]
  atMost: number
  leaseMs: number
  match?: QueryFilter<T>
}

/** Another worker holds the document now: this one must not write to it, nor act for it. */
export class LeaseLost extends Error {
  constructor(id: string) {
    super(`the lease on ${id} is lost`)
    this.name = 'LeaseLost'
  }
}

/** Due by the server's clock, and held by nobody or by a lease that has lapsed. */
const CLAIMABLE = [{ $lte: ['$dueAt', '$$NOW'] }, { $lte: [{ $ifNull: ['$leaseUntil', new Date(0)] }, '$$NOW'] }]

/**
 * Claims up to `atMost` due documents for `leaseMs`, those of a lapsed lease included, most urgent lane first.
 * Times are the database's, so processes whose clocks differ do not take each other's work.
 */
export async function claimWork<T extends WorkDocument>(model: Model<T>, options: ClaimOptions<T>): Promise<Claimed<T>[]> {
  const filter = { status: { $in: options.statuses }, $expr: { $and: CLAIMABLE }, ...options.match } as QueryFilter<T>
  const found = await model.find(filter, { _id: 1 }).sort({ lane: 1, dueAt: 1 }).limit(options.atMost).lean<{ _id: T["_id"] }[]>()
  if (found.length === 0) return []

  const claim = randomUUID()
  const startedAt = performance.now()
  const take: PipelineStage.Set['$set'] = { claim, fence: { $add: ['$fence', 1] }, leaseUntil: { $add: ['$$NOW', options.leaseMs] } }
  await model.updateMany({ ...filter, _id: { $in: found.map(({ _id }) => _id) } } as QueryFilter<T>, [{ $set: take }], { updatePipeline: true })
  const taken = await model.find({ claim } as QueryFilter<T>).sort({ lane: 1, dueAt: 1 }).lean<T[]>() // prettier-ignore
  return taken.map((document) => ({ document, leaseEndsAt: startedAt + options.leaseMs }))
}

/**
 * Keeps a claim alive for another `leaseMs`.
 * @throws LeaseLost when somebody else has claimed the document since
 */
export async function heartbeat<T extends WorkDocument>(model: Model<T>, claimed: Claimed<T>, leaseMs: number): Promise<void> {
  const startedAt = performance.now()
  const extended = await model.updateOne(held(claimed), [{ $set: { leaseUntil: { $add: ['$$NOW', leaseMs] } } }], { updatePipeline: true })
  if (extended.matchedCount === 0) throw new LeaseLost(String(claimed.document._id))
  claimed.leaseEndsAt = startedAt + leaseMs
}

/** Throws unless the lease still holds by the monotonic clock; called in the tick before bytes go out. */
export function assertLeaseHolds<T extends WorkDocument>(claimed: Claimed<T>): void {
  if (performance.now() >= claimed.leaseEndsAt) throw new LeaseLost(String(claimed.document._id))
}

/**
 * Writes under the fence: only while no other worker has claimed the document. Majority, journaled.
 * @throws LeaseLost
 */
export async function writeFenced<T extends WorkDocument>(model: Model<T>, claimed: Claimed<T>, update: UpdateQuery<T>): Promise<T> {
  const written = await model.findOneAndUpdate(held(claimed), update, { returnDocument: 'after', writeConcern: { w: 'majority', j: true } }).lean<T>()
  if (!written) throw new LeaseLost(String(claimed.document._id))
  return written
}

/** The fields that give a document back: nobody holds it. */
export const RELEASED = { claim: null, leaseUntil: null } as const

function held<T extends WorkDocument>({ document }: Claimed<T>): QueryFilter<T> {
  return { _id: document._id, fence: document.fence, claim: document.claim } as QueryFilter<T>
}
