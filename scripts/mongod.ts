/**
 * The embedded MongoDB: a real mongod as a one-node replica set, with its data in the data folder. `npm start`, the tour and the tests use
 * it unless MONGODB_URI names another.
 */
import { access, constants, mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { lockFolder } from './data-folder.ts'
import { findMongod } from './mongod/find-mongod.ts'
import {
  findLeftBehind,
  launch,
  mongodFiles,
  readNote,
  stopProcess,
  type MongodFiles,
  type MongodProcess,
} from './mongod/mongod-process.ts'
import { becomePrimary, replicaSetUri, withAdmin } from './mongod/replica-set.ts'

const PRIMARY_LIMIT_MS = 30_000

export interface RunningMongod {
  /** Includes the replica set's name; the caller adds the database name. */
  readonly uri: string
  /** Readable description of which mongod was used, and its origin. */
  readonly how: string
  readonly pid: number
  /** Stops it cleanly and waits for its end. May be called twice. */
  stop(): Promise<void>
}

export interface StartOptions {
  readonly dataDir: string
  readonly say: (line: string) => void
  /** Environment for finding programs, the cache folder and MONGOMS_SYSTEM_BINARY; this process's own by default. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Aborts the start: started processes are stopped, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Starts MongoDB on a data folder and resolves once it accepts writes. It keeps its port from start to start if that is free. A mongod that
 * a crashed process left on this folder is used again.
 * @throws Error with a message for the operator: no mongod (it names every way tried), folder in use, not writable, disk full, or data of
 * another version
 */
export async function startMongod(options: StartOptions): Promise<RunningMongod> {
  const dataDir = resolve(options.dataDir)
  const lock = await lockFolder(dataDir, 'mongod-owner.lock')
  try {
    const { server, how } = await findOrLaunch(mongodFiles(dataDir), options)
    await makePrimary(server, dataDir)
    options.say(`MongoDB: ${how}, on port ${server.port}, data in ${dataDir}`)
    let stopping: Promise<void> | undefined
    const stop = (): Promise<void> => (stopping ??= stopProcess(server).then(() => lock.release()))
    return { uri: replicaSetUri(server.port), how, pid: server.pid, stop }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function makePrimary(server: MongodProcess, dataDir: string): Promise<void> {
  try {
    const outcome = await withAdmin(server.port, PRIMARY_LIMIT_MS, (admin) => becomePrimary(admin, server.port, PRIMARY_LIMIT_MS))
    if (outcome === null) throw new Error('MongoDB ended right after its start')
  } catch (error) {
    await stopProcess(server)
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${reason}. Its log: ${mongodFiles(dataDir).logFile}`, { cause: error })
  }
}

async function findOrLaunch(files: MongodFiles, options: StartOptions): Promise<{ server: MongodProcess; how: string }> {
  await makeDbPath(files.dbPath)
  const note = await readNote(files)
  const leftBehind = await findLeftBehind(files, note)
  if (leftBehind) return { server: leftBehind, how: `mongod ${note?.version}, left running by a process that crashed` }
  const found = await findMongod({ env: options.env ?? process.env, say: options.say, lastUsed: note?.binary, signal: options.signal })
  return { server: await launch(files, found, note?.port, options.signal), how: found.how }
}

async function makeDbPath(dbPath: string): Promise<void> {
  try {
    await mkdir(dbPath, { recursive: true, mode: 0o700 })
    await access(dbPath, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new Error(
      `${dbPath} cannot be written (${error instanceof Error && 'code' in error ? String(error.code) : String(error)}): give this user write access, or set DATA_DIR to another folder.`,
      { cause: error },
    )
  }
}
