import type { Collection, Types } from 'mongoose'

/** The fields that make a document claimable work; spread into a schema. */
export const workFields = {
  /** When the work is due, by the database's clock. `NEVER` means that it waits until something wakes it. */
  dueAt: { type: Date, required: true },
  /** Lower lanes go first: 0 for work that a person waits for, 1 for bulk, 2 for background. */
  lane: { type: Number, default: 0 },
  /** Rises with every claim; every later write compares it. */
  fence: { type: Number, default: 0 },
  leaseUntil: { type: Date, default: null },
  /** The claim that holds the document while the lease lasts. */
  claim: { type: String, default: null },
} as const

export interface WorkDocument {
  _id: Types.ObjectId
  /** Every command on a document names it, so that a sharded cluster asks one shard. */
  organization: Types.ObjectId
  status: string
  dueAt: Date
  lane: number
  fence: number
  leaseUntil?: Date | null
  claim?: string | null
}

/**
 * A collection of work: a mongoose model, used through the driver's collection because pipeline updates are not cast anyway. Filters and
 * values must have their stored types.
 */
export interface WorkStore {
  readonly collection: Collection
}

/** `dueAt` of work that is due immediately and precedes all other work in its lane, whatever this process's clock says. */
export const DUE_NOW = new Date(0)
/** Clocks of processes may differ from the database's by this much. */
export const CLOCK_MARGIN_MS = 10 * 60_000

/**
 * Returns the `dueAt` of new work: due now, behind older work. It is ten minutes in the past, so that a process whose clock is fast does not
 * delay its work. With `DUE_NOW`, retries would wait behind all new work.
 */
export function dueInOrder(): Date {
  return new Date(Date.now() - CLOCK_MARGIN_MS)
}
/** `dueAt` of work that rests until something wakes it. */
export const NEVER = new Date('9999-12-31T00:00:00Z')
