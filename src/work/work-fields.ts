import type { Collection, Types } from 'mongoose'

/** The fields that make a document claimable work; spread into a schema. */
export const workFields = {
  /** Not before this time (server's clock); the far future means: not until something wakes it. */
  dueAt: { type: Date, required: true },
  /** Lower goes first: 0 what a person waits for, 1 bulk, 2 background. */
  lane: { type: Number, default: 0 },
  /** Rises with every claim; every later write compares it. */
  fence: { type: Number, default: 0 },
  leaseUntil: { type: Date, default: null },
  /** The claim that holds it, while the lease lasts. */
  claim: { type: String, default: null },
} as const

export interface WorkDocument {
  _id: Types.ObjectId
  status: string
  dueAt: Date
  lane: number
  fence: number
  leaseUntil?: Date | null
  claim?: string | null
}

/**
 * Where work lies: a mongoose model, spoken to through the driver's collection, since pipeline updates are not cast anyway.
 * Filters and values must have their stored types.
 */
export interface WorkStore {
  readonly collection: Collection
}

/** `dueAt` of work that is due at once, whatever the clock of this process says. */
export const DUE_NOW = new Date(0)
/** For work that rests until something wakes it. */
export const NEVER = new Date('9999-12-31T00:00:00Z')
