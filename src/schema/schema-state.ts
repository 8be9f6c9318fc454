import { randomUUID } from 'node:crypto'
import type { Collection, Db, Filter, UpdateFilter } from 'mongodb'
import { writeOnce } from '../duplicate-key.ts'

/** One document for the database. */
export interface SchemaState {
  _id: 'schema'
  /** The newest step that has been done with all steps before it. Missing until the first migration ends. */
  version?: number
  /** Steps of a migration that has not ended. */
  done?: number[]
  /** What the holder of the lease does, in words. */
  doing?: string
  lease?: { holder: string; until: Date }
}

/** The database belongs to a newer version of the service. Nothing was written to it. */
export class SchemaNewer extends Error {
  constructor(found: number, newest: number) {
    super(
      `The database has schema version ${found}, and this version of Fulcrum knows only ${newest}. Nothing was changed. ` +
        'Start the newer version of Fulcrum, or restore a backup from before its update.',
    )
    this.name = 'SchemaNewer'
  }
}

export interface SchemaLease {
  readonly state: SchemaState
  /** Aborted when another process may have taken over. */
  readonly lost: AbortSignal
  /** @throws Error if another process has taken over; otherwise the lease holds for its whole time again */
  assertHeld: () => Promise<void>
  /** @throws Error if another process has taken over */
  write(update: UpdateFilter<SchemaState>): Promise<void>
  /** Never rejects: if it fails, the lease lapses. */
  release(): Promise<void>
}

export const SCHEMA_STATE = 'schema_state'
const ID = { _id: 'schema' } as const
const IS_FREE = { $lte: [{ $ifNull: ['$lease.until', new Date(0)] }, '$$NOW'] }
const BEATS_A_LEASE = 3

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
  const lost = new AbortController()
  const update = async (change: UpdateFilter<SchemaState> | typeof extend): Promise<void> => {
    const { matchedCount } = await states.updateOne(mine, change)
    if (matchedCount === 0) lost.abort(new Error('another process has taken over the migration of the database'))
    lost.signal.throwIfAborted()
  }
  const beat = keepBeating(() => update(extend), lost, leaseMs)
  return {
    state,
    lost: lost.signal,
    assertHeld: () => update(extend),
    write: update,
    async release() {
      clearInterval(beat)
      await states.updateOne(mine, { $unset: { lease: 1, doing: 1 } }).catch(() => undefined)
    },
  }
}

/** Extends the lease regularly. If the database cannot be reached for as long as a lease holds, the lease counts as lost. */
function keepBeating(extend: () => Promise<void>, lost: AbortController, leaseMs: number): NodeJS.Timeout {
  let heldAt = performance.now()
  const beat = async (): Promise<void> => {
    const startedAt = performance.now()
    try {
      await extend()
      heldAt = startedAt
    } catch (error) {
      if (performance.now() - heldAt > leaseMs) lost.abort(error)
    }
  }
  return setInterval(() => void beat(), leaseMs / BEATS_A_LEASE)
}

function statesIn(db: Db): Collection<SchemaState> {
  return db.collection<SchemaState>(SCHEMA_STATE)
}
