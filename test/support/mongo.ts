/**
 * One MongoDB for the whole run, a database of its own for each test file. Creating one with all its indexes takes MongoDB a second of
 * processor time, and longer with each one that was dropped before, so files hand emptied databases on.
 * `MONGODB_URI` is used when set; otherwise the same embedded server as `npm start`, in a temporary folder, in memory if possible.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import mongoose from 'mongoose'
import { startMongod, type RunningMongod } from '../../scripts/mongod.ts'
import { findLeftBehind, mongodFiles, readNote, stopProcess } from '../../scripts/mongod/mongod-process.ts'
import { processBirth } from '../../scripts/lock-file.mjs'
import { createMissing } from '../../src/schema/build-indexes.ts'
import { modelIndexes } from '../../src/schema/declared-indexes.ts'
import { SCHEMA_STATE } from '../../src/schema/schema-state.ts'

const FOLDER_PREFIX = `fulcrum-test-${process.getuid?.() ?? 'user'}-`

const MEMORY_FOLDER = '/dev/shm'
const NEEDED_BYTES = 4e9

/** Inherited by the processes that run the files; not the service's own variable, which programs under test would take up. */
const ADDRESS = 'TEST_MONGODB_URI'

let running: RunningMongod | undefined
let folder: string | undefined

export async function startTestMongo(): Promise<void> {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => process.exit(code))
  if (process.env['MONGODB_URI']) {
    process.env[ADDRESS] = process.env['MONGODB_URI']
    return
  }
  await removeAbandoned()
  folder = await mkdtemp(join(await quickFolder(), `${FOLDER_PREFIX}${process.pid}-`))
  process.once('exit', removeAtExit)
  running = await startMongod({ dataDir: folder, say: (line) => process.stderr.write(`${line}\n`) })
  await acknowledgeFromMemory(running.uri)
  process.env[ADDRESS] = running.uri
}

/** Majority writes that do not ask for the journal are acknowledged without it: half their cost, and no test outlives this server. */
async function acknowledgeFromMemory(uri: string): Promise<void> {
  const client = await MongoClient.connect(uri)
  try {
    const admin = client.db('admin')
    const { config } = await admin.command({ replSetGetConfig: 1 })
    await admin.command({ replSetReconfig: { ...config, version: config.version + 1, writeConcernMajorityJournalDefault: false } })
  } finally {
    await client.close()
  }
}

export async function stopTestMongo(): Promise<void> {
  await running?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
  running = undefined
}

/** An interrupted run does not get to its last hook; nothing in this database is worth a clean end. */
function removeAtExit(): void {
  if (!running || !folder) return
  process.kill(running.pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** In memory where Linux offers enough of it: a new database is a hundred new files, each of which waits for the disk. */
async function quickFolder(): Promise<string> {
  const { bavail, bsize } = await statfs(MEMORY_FOLDER).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize >= NEEDED_BYTES ? MEMORY_FOLDER : tmpdir()
}

/** Ends the servers and removes the data of runs that were killed. */
async function removeAbandoned(): Promise<void> {
  for (const parent of [tmpdir(), MEMORY_FOLDER]) {
    for (const name of await readdir(parent).catch(() => [])) {
      const owner = name.startsWith(FOLDER_PREFIX) ? Number.parseInt(name.slice(FOLDER_PREFIX.length), 10) : Number.NaN
      if (Number.isNaN(owner) || (await processBirth(owner)) !== null) continue
      const files = mongodFiles(join(parent, name))
      const server = await findLeftBehind(files, await readNote(files))
      if (server) await stopProcess(server)
      await rm(join(parent, name), { recursive: true, force: true })
    }
  }
}

/** A URI of a new database on the run's MongoDB. */
export function freshMongoUri(): string {
  return uriOf(`test_${randomBytes(6).toString('hex')}`)
}

/** A URI of an empty database that may have the collections and indexes of an earlier test file. Pair with {@link handOnDatabase} in `after`. */
export function emptyMongoUri(): string {
  const name = emptied.pop()
  return name === undefined ? freshMongoUri() : uriOf(name)
}

/** Databases that test files of this process have emptied. */
const emptied: string[] = []

/** Connections name their database by `appName`, so that {@link isInUse} finds them, and report their commands (`sharding/command-guard.ts`). */
function uriOf(name: string): string {
  const baseUri = process.env[ADDRESS]
  if (!baseUri) throw new Error('startTestMongo has not run: use the mocha configuration of this repository')
  const uri = new URL(baseUri)
  uri.pathname = `/${name}`
  uri.searchParams.set('appName', name)
  uri.searchParams.set('monitorCommands', 'true')
  return uri.toString()
}

/** More documents take longer to delete than a new database takes to create. */
const MOST_DOCUMENTS = 10_000
const CLOSES_WITHIN_MS = 2000

/**
 * Empties a database for the next test file, which finds the collections, their indexes and the state of the schema. One that a process or a
 * service still uses is dropped.
 */
export async function handOnDatabase(uri: string): Promise<void> {
  const name = new URL(uri).pathname.slice(1)
  const base = new URL(uri)
  base.searchParams.delete('appName')
  const client = await MongoClient.connect(base.toString())
  try {
    const database = client.db(name)
    const { objects } = (await database.stats()) as { objects: number }
    if (objects > MOST_DOCUMENTS || (await isInUse(client, name))) return void (await database.dropDatabase())
    const collections = (await database.collections()).filter(({ collectionName }) => collectionName !== SCHEMA_STATE)
    await Promise.all(collections.map((collection) => collection.deleteMany({})))
    emptied.push(name)
  } finally {
    await client.close()
  }
}

/** A change stream whose client has closed the connection: it ends when its wait is over. */
const ABANDONED = { op: 'getmore', killPending: true }

async function isInUse(client: MongoClient, name: string): Promise<boolean> {
  const endsAt = Date.now() + CLOSES_WITHIN_MS
  for (;;) {
    const connections = await client
      .db('admin')
      .aggregate([{ $currentOp: { allUsers: true, idleConnections: true } }, { $match: { appName: name, $nor: [ABANDONED] } }])
      .toArray()
    if (connections.length === 0) return false
    if (Date.now() > endsAt) return true
    await sleep(50)
  }
}

/** Connects mongoose's default connection to an empty database. Pair with {@link leaveDatabase} in `after`. */
export async function connectEmptyDatabase(): Promise<void> {
  connectedTo = emptyMongoUri()
  await mongoose.connect(connectedTo, { autoCreate: false, autoIndex: false })
  await createMissing(connectedDatabase(), modelIndexes())
}

export function connectedDatabase(): mongoose.mongo.Db {
  if (!mongoose.connection.db) throw new Error('connectEmptyDatabase has not run')
  return mongoose.connection.db
}

let connectedTo: string | undefined

export async function leaveDatabase(): Promise<void> {
  await mongoose.disconnect()
  if (connectedTo) await handOnDatabase(connectedTo)
  connectedTo = undefined
}
