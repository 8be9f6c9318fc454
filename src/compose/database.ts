import type { IndexDescription } from 'mongodb'
import mongoose from 'mongoose'
import type { Log } from '../log.ts'

const OLDEST_MAJOR = 6
const RETRY_AFTER_MS = 1000
const SERVER_SELECTION_MS = 3000
/** How long a call waits for a connection if there is none: well below the time-outs of its callers. */
const BUFFER_MS = 2000

export interface Database {
  /** True once connected, checked and indexed. */
  ready(): boolean
  /** Resolves when the database is ready; pending until then. */
  whenReady: Promise<void>
  stop(): Promise<void>
}

/**
 * Connects mongoose's default connection and retries as long as the database cannot be reached. Then checks that it is a replica set of a
 * supported version, and builds the indexes that the parts' promises depend on.
 */
export function openDatabase(uri: string, log: Log): Database {
  mongoose.set('bufferTimeoutMS', BUFFER_MS)
  let isReady = false
  let stopped = false
  let pause: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    while (!stopped) {
      let fault: string | null
      try {
        await mongoose.connect(uri, {
          autoCreate: false,
          autoIndex: false,
          serverSelectionTimeoutMS: SERVER_SELECTION_MS,
          writeConcern: { w: 'majority' },
        })
        fault = await faultOfServer()
        if (fault === null) {
          await buildIndexes()
          isReady = true
          return
        }
      } catch (error) {
        fault = error instanceof Error ? error.message : 'unknown'
      }
      if (stopped) return
      log.warn({ fault }, 'MongoDB cannot be used yet; trying again')
      await mongoose.disconnect().catch(() => undefined)
      await new Promise<void>((resolve) => (pause = setTimeout(resolve, RETRY_AFTER_MS)))
    }
  }

  return {
    ready: () => isReady && mongoose.connection.readyState === mongoose.ConnectionStates.connected,
    whenReady: connect(),
    async stop() {
      stopped = true
      clearTimeout(pause)
      await mongoose.disconnect()
    },
  }
}

async function faultOfServer(): Promise<string | null> {
  const admin = mongoose.connection.db?.admin()
  if (!admin) return 'not connected'
  const { version } = await admin.serverInfo()
  if (Number.parseInt(String(version), 10) < OLDEST_MAJOR)
    return `MongoDB ${String(version)} is too old: ${OLDEST_MAJOR}.0 or newer is needed`
  const hello = await admin.command({ hello: 1 })
  const isReplicaSet = typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid'
  return isReplicaSet ? null : 'MongoDB must be a replica set (one node will do): start mongod with --replSet and run rs.initiate()'
}

/** Creates the collections of all models. One command creates a collection with its indexes, in a fifth of the time of one command per index. */
export async function buildIndexes(): Promise<void> {
  await Promise.all(
    Object.values(mongoose.models).map(async (model) => {
      const indexes = model.schema.indexes().map(([key, options]) => ({ ...options, key }) as IndexDescription)
      await (indexes.length > 0 ? model.collection.createIndexes(indexes) : model.createCollection())
    }),
  )
}
