import { randomUUID } from 'node:crypto'
import type { Collection, Db, Filter, UpdateFilter } from 'mongodb'
import { writeOnce } from '../duplicate-key.ts'

/** One document for the database. No mongoose model, because mongoose is not connected before the version is known to fit. */
export interface SchemaState {
  _id: 'schema'
  /** The newest step that has been done with all steps before it. Missing until the first migration ends. */
  version?: number
  /** Steps of a migration that has not ended. */
  done?: number[]
  /** The fingerprint of the index definitions that were built last. */
  indexes?: string
  /** What the holder of the lease does, in words. */
  doing?: string
  lease?: { holder: string; until: Date }
}

/** The database belongs to a newer version of the service. Nothing was written to it. */
export class SchemaNewer extends Error {
  constructor(found: number, newest: number) {
    super(
      `the database has schema version ${found}, and this version of Fulcrum knows only ${newest}: start the newer version, or restore a backup`,
    )
    this.name = 'SchemaNewer'
  }
}

export interface SchemaLease {
  readonly state: SchemaState
  /** @throws Error if another process has taken over */
  write(update: UpdateFilter<SchemaState>): Promise<void>
  /** Never rejects: if it fails, the lease lapses. */
  release(): Promise<void>
}

export const SCHEMA_STATE = 'schema_state'
const ID = { _id: 'schema' } as const
const IS_FREE = { $lte: [{ $ifNull: ['$lease.until', new Date(0)] }, '$$NOW'] }

/** @throws SchemaNewer if the version is newer than `newest` */
export async function readSchemaState(db: Db, newest: number): Promise<SchemaState | null> {
  const state = await statesIn(db).findOne(ID)
  if (state?.version !== undefined && state.version > newest) throw new SchemaNewer(state.version, newest)
  return state
}

/**
 * Resolves to a lease that holds, by the database's clock, until it is released or its process dies; null if another process holds it, or
 * the version is newer than `newest`.
 */
export async function takeSchemaLease(db: Db, { newest, leaseMs }: { newest: number; leaseMs: number }): Promise<SchemaLease | null> {
  const [states, holder] = [statesIn(db), randomUUID()]
  const extend = [{ $set: { lease: { holder, until: { $add: ['$$NOW', leaseMs] } } } }]
  if ((await states.findOne(ID)) === null) await writeOnce(() => states.insertOne({ ...ID }))
  const isNotNewer = { $or: [{ version: { $exists: false } }, { version: { $lte: newest } }] }
  const state = await states.findOneAndUpdate({ ...ID, ...isNotNewer, $expr: IS_FREE }, extend, { returnDocument: 'after' })
  if (!state) return null

  const mine: Filter<SchemaState> = { ...ID, 'lease.holder': holder }
  // a failed heartbeat is made up for by the next one, or the lease lapses and `write` says so
  const beat = setInterval(() => void states.updateOne(mine, extend).catch(() => undefined), leaseMs / 3)
  return {
    state,
    async write(update) {
      const { matchedCount } = await states.updateOne(mine, update)
      if (matchedCount === 0) throw new Error('another process has taken over the migration of the database')
    },
    async release() {
      clearInterval(beat)
      await states.updateOne(mine, { $unset: { lease: 1, doing: 1 } }).catch(() => undefined)
    },
  }
}

/** Makes the next start compare all indexes with their definitions. */
export async function distrustIndexes(db: Db): Promise<void> {
  await statesIn(db).updateOne(ID, { $unset: { indexes: 1 } })
}

function statesIn(db: Db): Collection<SchemaState> {
  return db.collection<SchemaState>(SCHEMA_STATE)
}
