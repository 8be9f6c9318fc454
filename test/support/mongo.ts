/**
 * One MongoDB for the whole run, a database of its own for each test file.
 * `MONGODB_URI` is used when set; otherwise the same embedded server as `npm start`, in a temporary folder.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { startMongod, type RunningMongod } from '../../scripts/mongod.ts'
import { findLeftBehind, mongodFiles, readNote, stopProcess } from '../../scripts/mongod/mongod-process.ts'
import { processBirth } from '../../scripts/lock-file.mjs'

const FOLDER_PREFIX = `fulcrum-test-${process.getuid?.() ?? 'user'}-`

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
  folder = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`))
  process.once('exit', removeAtExit)
  running = await startMongod({ dataDir: folder, say: (line) => process.stderr.write(`${line}\n`) })
  process.env[ADDRESS] = running.uri
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

/** Ends the server and removes the data of runs that were killed. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = name.startsWith(FOLDER_PREFIX) ? Number.parseInt(name.slice(FOLDER_PREFIX.length), 10) : Number.NaN
    if (Number.isNaN(owner) || (await processBirth(owner)) !== null) continue
    const files = mongodFiles(join(tmpdir(), name))
    const server = await findLeftBehind(files, await readNote(files))
    if (server) await stopProcess(server)
    await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
}

/** A URI of an empty database with a name of its own on the run's MongoDB. */
export function freshMongoUri(): string {
  const baseUri = process.env[ADDRESS]
  if (!baseUri) throw new Error('startTestMongo has not run: use the mocha configuration of this repository')
  const uri = new URL(baseUri)
  uri.pathname = `/test_${randomBytes(6).toString('hex')}`
  return uri.toString()
}

/** Connects mongoose's default connection to an empty database. Pair with {@link dropDatabase} in `after`. */
export async function connectFreshDatabase(): Promise<void> {
  await mongoose.connect(freshMongoUri(), { autoIndex: false })
  await Promise.all(Object.values(mongoose.models).map((model) => model.createIndexes()))
}

export async function dropDatabase(): Promise<void> {
  await mongoose.connection.dropDatabase()
  await mongoose.disconnect()
}
