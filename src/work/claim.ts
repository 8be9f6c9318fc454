import { randomUUID } from 'node:crypto'
import type { Document, Filter } from 'mongodb'
import type { WorkDocument, WorkStore } from './work-fields.ts'

/** A document held under a lease. Every write to it compares the fence (`writeStep`). */
export interface Claimed<T extends WorkDocument> {
  readonly document: T
  /** On the monotonic clock of this process (`performance.now()`); moves with each heartbeat. */
  leaseEndsAt: number
  /** The same on the wall clock, because the monotonic clock stops while the machine sleeps. */
  leaseEndsAtWall: number
}

export interface ClaimOptions {
  statuses: readonly string[]
  atMost: number
  leaseMs: number
  /** Further conditions, in stored types. */
  match?: Filter<Document>
}

/** Another worker holds the document now, so this one must neither write to it nor act for it. */
export class LeaseLost extends Error {
  constructor(id: string, options?: ErrorOptions) {
    super(`the lease on ${id} is lost`, options)
    this.name = 'LeaseLost'
  }
}

type Found = Pick<WorkDocument, '_id' | 'organization'>

const MOST_URGENT_FIRST = { lane: 1, dueAt: 1 } as const

/** Matches documents that are due by the server's clock and that no unexpired lease holds. */
export function claimable({ statuses, match }: Pick<ClaimOptions, 'statuses' | 'match'>): Filter<Document> {
  const isDue = { $lte: ['$dueAt', '$$NOW'] }
  const isFree = { $lte: [{ $ifNull: ['$leaseUntil', new Date(0)] }, '$$NOW'] }
  return { $and: [{ status: { $in: [...statuses] } }, { $expr: { $and: [isDue, isFree] } }, ...(match ? [match] : [])] }
}

/**
 * Claims up to `atMost` due documents for `leaseMs`, those of a lapsed lease included, most urgent lane first.
 * Times are the database's, so processes whose clocks differ do not take each other's work.
 */
export async function claimWork<T extends WorkDocument>(store: WorkStore, options: ClaimOptions): Promise<Claimed<T>[]> {
  const filter = claimable(options)
  const wanted = { projection: { organization: 1 }, sort: MOST_URGENT_FIRST, limit: options.atMost }
  const found = await store.collection.find<Found>(filter, wanted).toArray()
  return claimThese<T>(store, found, filter, options.leaseMs)
}

/** If a claim is lost with the primary, the next step that waits for the majority notices, since every step compares `claim`. */
const CLAIM_CONCERN = { w: 1 } as const

/** Claims the documents that still match `filter`. A document that another worker took in between is left out. */
export async function claimThese<T extends WorkDocument>(
  store: WorkStore,
  found: readonly Found[],
  filter: Filter<Document>,
  leaseMs: number,
): Promise<Claimed<T>[]> {
  if (found.length === 0) return []
  const claim = randomUUID()
  const ends = leaseEnds(leaseMs)
  const change = [{ $set: { claim, fence: { $add: ['$fence', 1] }, leaseUntil: { $add: ['$$NOW', leaseMs] } } }]
  const [only, ...others] = found
  const taken =
    only && others.length === 0
      ? await takeOne(store, { _id: only._id, organization: only.organization, ...filter }, change)
      : await takeMany(store, thatAre(found), { claim, filter, change })
  return taken.map((document) => ({ document: document as unknown as T, ...ends }))
}

function thatAre(found: readonly Found[]): Filter<Document> {
  const organizations = new Map(found.map(({ organization }) => [String(organization), organization]))
  return { _id: { $in: found.map(({ _id }) => _id) }, organization: { $in: [...organizations.values()] } }
}

async function takeOne(store: WorkStore, filter: Filter<Document>, change: Document[]): Promise<Document[]> {
  const taken = await store.collection.findOneAndUpdate(filter, change, { returnDocument: 'after', writeConcern: CLAIM_CONCERN })
  return taken ? [taken] : []
}

async function takeMany(
  store: WorkStore,
  wanted: Filter<Document>,
  { claim, filter, change }: { claim: string; filter: Filter<Document>; change: Document[] },
): Promise<Document[]> {
  await store.collection.updateMany({ ...wanted, ...filter }, change, { writeConcern: CLAIM_CONCERN })
  return store.collection.find({ ...wanted, claim }, { sort: MOST_URGENT_FIRST }).toArray()
}

/**
 * Keeps a claim alive for another `leaseMs`.
 * @throws LeaseLost when somebody else has claimed the document since
 */
export async function heartbeat<T extends WorkDocument>(store: WorkStore, claimed: Claimed<T>, leaseMs: number): Promise<void> {
  const ends = leaseEnds(leaseMs)
  const extended = await store.collection.updateOne(heldBy(claimed), [{ $set: { leaseUntil: { $add: ['$$NOW', leaseMs] } } }])
  if (extended.matchedCount === 0) throw new LeaseLost(String(claimed.document._id))
  Object.assign(claimed, ends)
}

/** Returns the end of a lease that begins now. */
function leaseEnds(leaseMs: number): Pick<Claimed<WorkDocument>, 'leaseEndsAt' | 'leaseEndsAtWall'> {
  return { leaseEndsAt: performance.now() + leaseMs, leaseEndsAtWall: Date.now() + leaseMs }
}

/** True while the lease holds by both clocks of this machine. No other worker can have claimed the document until then. */
export function leaseHolds<T extends WorkDocument>({ leaseEndsAt, leaseEndsAtWall }: Claimed<T>): boolean {
  return performance.now() < leaseEndsAt && Date.now() < leaseEndsAtWall
}

/** Throws unless the lease still holds; called in the tick before bytes go out. */
export function assertLeaseHolds<T extends WorkDocument>(claimed: Claimed<T>): void {
  if (!leaseHolds(claimed)) throw new LeaseLost(String(claimed.document._id))
}

/** Matches the document only while this claim holds it. */
export function heldBy<T extends WorkDocument>({ document }: Claimed<T>): Filter<Document> {
  return { _id: document._id, organization: document.organization, fence: document.fence, claim: document.claim }
}
