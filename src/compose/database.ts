import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient, type Db } from 'mongodb'
import mongoose from 'mongoose'
import { JOBS_INDEXES } from '../jobs/agenda.ts'
import type { Log } from '../log.ts'
import { SCHEMA_STEPS } from '../operators/schema-steps.ts'
import { SchemaNewer } from '../schema/schema-state.ts'
import { StepFailed, updateSchema } from '../schema/update-schema.ts'
import { modelIndexes } from '../schema/wanted-indexes.ts'

const OLDEST_MAJOR = 6
const RETRY_AFTER_MS = 1000
const SERVER_SELECTION_MS = 3000
/** How long a call waits for a connection if there is none: well below the time-outs of its callers. */
const BUFFER_MS = 2000
const CONNECTION = { serverSelectionTimeoutMS: SERVER_SELECTION_MS, writeConcern: { w: 'majority' } } as const

/** What keeps a process from using the database, for `/readyz`. */
export type DatabaseMissing = 'database' | 'migration' | 'newerSchema'

export interface Database {
  /** True once connected, checked and migrated. */
  ready(): boolean
  /** Null when ready. */
  missing(): DatabaseMissing | null
  /** Resolves when the database is ready; pending until then. */
  whenReady: Promise<void>
  stop(): Promise<void>
}

/**
 * Connects mongoose's default connection, and retries as long as the database cannot be used. Before that, checks on a connection of its own
 * that it is a replica set of a supported version and that its schema is not newer, so that nothing is written to a newer one. Then brings
 * the schema to this version.
 */
export function openDatabase(uri: string, { leaseMs, log }: { leaseMs: number; log: Log }): Database {
  mongoose.set('bufferTimeoutMS', BUFFER_MS)
  const stopping = new AbortController()
  let missing: DatabaseMissing | null = 'database'

  async function connect(): Promise<Db> {
    await mongoose.connect(uri, { ...CONNECTION, autoIndex: false, autoCreate: false })
    if (!mongoose.connection.db) throw new Error('not connected')
    return mongoose.connection.db
  }

  async function open(client: MongoClient): Promise<void> {
    await client.connect()
    const fault = await faultOfServer(client)
    if (fault !== null) throw new Error(fault)
    await updateSchema({
      db: client.db(),
      open: connect,
      steps: SCHEMA_STEPS,
      indexes: [...modelIndexes(), JOBS_INDEXES],
      leaseMs,
      onMigration: () => (missing = 'migration'),
      signal: stopping.signal,
      log,
    })
    if (!stopping.signal.aborted) await connect()
  }

  async function keepTrying(): Promise<void> {
    const say = faultLog(log)
    while (!stopping.signal.aborted) {
      const client = new MongoClient(uri, CONNECTION)
      try {
        await open(client)
        missing = null
        return
      } catch (error) {
        if (stopping.signal.aborted) return
        missing = error instanceof SchemaNewer ? 'newerSchema' : error instanceof StepFailed ? 'migration' : 'database'
        say(error)
        await mongoose.disconnect().catch(() => undefined)
      } finally {
        await client.close().catch(() => undefined)
      }
      await sleep(RETRY_AFTER_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  const isConnected = (): boolean => mongoose.connection.readyState === mongoose.ConnectionStates.connected
  const whenReady = keepTrying()
  return {
    ready: () => missing === null && isConnected(),
    missing: () => missing ?? (isConnected() ? null : 'database'),
    whenReady,
    async stop() {
      stopping.abort()
      await mongoose.disconnect() // fails a running step, which gives back its lease
      await whenReady
      await mongoose.disconnect()
    },
  }
}

/** What needs someone to act is an error, and is logged once for as long as it does not change. */
function faultLog(log: Log): (error: unknown) => void {
  let last: string | undefined
  return (error) => {
    const fault = error instanceof Error ? error.message : 'unknown'
    const isNew = fault !== last
    last = fault
    if (error instanceof SchemaNewer) return void (isNew && log.error({ fault }, 'the database is too new for this version; trying again'))
    if (error instanceof StepFailed) return void (isNew && log.error({ err: error }, 'the database could not be migrated; trying again'))
    log.warn({ fault }, 'MongoDB cannot be used yet; trying again')
  }
}

async function faultOfServer(client: MongoClient): Promise<string | null> {
  const admin = client.db().admin()
  const { version } = await admin.serverInfo()
  if (Number.parseInt(String(version), 10) < OLDEST_MAJOR)
    return `MongoDB ${String(version)} is too old: ${OLDEST_MAJOR}.0 or newer is needed`
  const hello = await admin.command({ hello: 1 })
  const isReplicaSet = typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid'
  return isReplicaSet ? null : 'MongoDB must be a replica set (one node will do): start mongod with --replSet and run rs.initiate()'
}
