import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from 'mongodb'
import mongoose from 'mongoose'
import type { Log } from '../log.ts'
import { RETIRED_INDEXES, SCHEMA_STEPS } from '../operators/schema-steps.ts'
import { modelIndexes } from '../schema/declared-indexes.ts'
import { SchemaNewer } from '../schema/schema-state.ts'
import { finishIndexes, MigrationFailed, updateSchema, type SchemaOptions } from '../schema/update-schema.ts'
import { FAIR_CLAIM_INDEX } from '../work/claim-fairly.ts'
import { pauseAfter } from '../work/try-again.ts'

const OLDEST_MAJOR = 6
const RETRY_AFTER_MS = 1000
/** Between two tries of something that someone must repair. */
const PAUSES = { firstMs: 1000, longestMs: 60_000 }
const SERVER_SELECTION_MS = 3000
/** How long a call waits for a connection if there is none: well below the time-outs of its callers. */
const BUFFER_MS = 2000

/** What keeps a process from using the database, for `/readyz`. */
export type DatabaseMissing = 'database' | 'migration'

export interface Database {
  /** True once connected, checked and migrated. */
  ready(): boolean
  /** Null when ready. */
  missing(): DatabaseMissing | null
  /** What keeps the process from opening; null from the first time that the database is ready, even if it cannot be reached later. */
  closedBy(): DatabaseMissing | null
  /**
   * Resolves when the database is ready, or when the process stops; pending until then.
   * @throws SchemaNewer
   */
  whenReady: Promise<void>
  stop(): Promise<void>
}

/**
 * Connects mongoose's default connection and retries as long as the database cannot be reached. Then checks that it is a replica set of a
 * supported version, and brings the schema to this version. Indexes that no promise depends on are built once the database is ready.
 */
export function openDatabase(uri: string, { leaseMs, log }: { leaseMs: number; log: Log }): Database {
  mongoose.set('bufferTimeoutMS', BUFFER_MS)
  const stopping = new AbortController()
  const { signal } = stopping
  let closedBy: DatabaseMissing | null = 'database'

  async function open(): Promise<SchemaOptions> {
    try {
      const db = await connect(uri)
      closedBy = 'migration'
      const options = { ...SCHEMA, indexes: modelIndexes(), db, leaseMs, signal, log }
      await updateSchema(options)
      if (!signal.aborted) closedBy = null
      return options
    } catch (error) {
      closedBy = error instanceof MigrationFailed ? 'migration' : 'database'
      await mongoose.disconnect().catch(() => undefined)
      throw error
    }
  }

  const opened = retry(open, { signal, log })
  opened
    .then((options) => options && retry(() => finishIndexes(options), { signal, log }))
    .catch((error: unknown) =>
      closedBy === null ? log.info({ fault: faultOf(error) }, 'the indexes are left to the newer version') : undefined,
    )

  const isConnected = (): boolean => mongoose.connection.readyState === mongoose.ConnectionStates.connected
  return {
    ready: () => closedBy === null && isConnected(),
    missing: () => closedBy ?? (isConnected() ? null : 'database'),
    closedBy: () => closedBy,
    whenReady: opened.then(() => undefined),
    async stop() {
      stopping.abort()
      if (closedBy === 'migration') await opened.catch(() => undefined) // gives back its lease
      await mongoose.disconnect()
    },
  }
}

const SCHEMA = { steps: SCHEMA_STEPS, retired: RETIRED_INDEXES, hinted: [FAIR_CLAIM_INDEX] }

/**
 * Repeats `run` until it succeeds, or the process stops.
 * @throws SchemaNewer
 */
async function retry<T>(run: () => Promise<T>, { signal, log }: { signal: AbortSignal; log: Log }): Promise<T | undefined> {
  for (let failures = 0; !signal.aborted;) {
    try {
      return await run()
    } catch (error) {
      if (error instanceof SchemaNewer) throw error
      if (signal.aborted) return undefined
      const needsSomeone = error instanceof MigrationFailed
      failures = needsSomeone ? failures + 1 : 0
      if (needsSomeone) log.error({ err: error }, 'the database could not be brought up to date; trying again')
      else log.warn({ fault: faultOf(error) }, 'MongoDB cannot be used yet; trying again')
      const pauseMs = needsSomeone ? pauseAfter(failures, PAUSES) : RETRY_AFTER_MS
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
  return undefined
}

async function connect(uri: string): Promise<Db> {
  await mongoose.connect(uri, {
    autoCreate: false,
    autoIndex: false,
    serverSelectionTimeoutMS: SERVER_SELECTION_MS,
    writeConcern: { w: 'majority' },
  })
  const { db } = mongoose.connection
  if (!db) throw new Error('not connected')
  const fault = await faultOfServer(db)
  if (fault !== null) throw new Error(fault)
  return db
}

async function faultOfServer(db: Db): Promise<string | null> {
  const admin = db.admin()
  const { version } = await admin.serverInfo()
  if (Number.parseInt(String(version), 10) < OLDEST_MAJOR)
    return `MongoDB ${String(version)} is too old: ${OLDEST_MAJOR}.0 or newer is needed`
  const hello = await admin.command({ hello: 1 })
  const isReplicaSet = typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid'
  return isReplicaSet ? null : 'MongoDB must be a replica set (one node will do): start mongod with --replSet and run rs.initiate()'
}

function faultOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
