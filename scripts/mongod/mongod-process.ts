import { spawn } from 'node:child_process'
import { open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { canListen, freePort } from '../free-port.ts'
import { processBirth } from '../lock-file.mjs'
import type { FoundMongod } from './find-mongod.ts'
import { identify, moveSet, REPLICA_SET_PARAMETERS, withAdmin } from './replica-set.ts'
import { explainFailedStart } from './start-failure.ts'

const LOG_LIMIT_BYTES = 10_000_000
const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 10_000
const LEFT_BEHIND_LIMIT_MS = 20_000

/** Stored while the data is moved to another port: the next start then moves it again, whichever port it takes. */
const NOT_MOVED = 0

/** The paths of an embedded MongoDB inside a data folder. */
export interface MongodFiles {
  readonly dbPath: string
  readonly logFile: string
  /** Stores the port and the binary from start to start. */
  readonly noteFile: string
}

export interface MongodNote {
  readonly port: number
  readonly binary: string
  readonly version: string
}

export interface MongodProcess {
  readonly pid: number
  readonly port: number
}

export function mongodFiles(dataDir: string): MongodFiles {
  return { dbPath: join(dataDir, 'mongodb'), logFile: join(dataDir, 'mongod.log'), noteFile: join(dataDir, 'mongod.json') }
}

/** Resolves to the note of the last start; undefined on the first start, or if it cannot be read. */
export async function readNote(files: MongodFiles): Promise<MongodNote | undefined> {
  try {
    const note: unknown = JSON.parse(await readFile(files.noteFile, 'utf8'))
    if (typeof note !== 'object' || note === null || !('port' in note) || !('binary' in note) || !('version' in note)) return undefined
    return { port: Number(note.port), binary: String(note.binary), version: String(note.version) }
  } catch {
    return undefined
  }
}

/**
 * Finds the server that a crashed process left on this data, or null. Waits for one that is just starting or ending. mongod empties
 * `mongod.lock` at a clean end; if the file names a dead process, mongod itself crashed.
 */
export async function findLeftBehind(files: MongodFiles, note: MongodNote | undefined): Promise<MongodProcess | null> {
  const deadline = performance.now() + LEFT_BEHIND_LIMIT_MS
  while (performance.now() < deadline) {
    const pid = Number.parseInt(await readFile(join(files.dbPath, 'mongod.lock'), 'utf8').catch(() => ''), 10)
    if (!pid || !note || !(await isMongod(pid))) return null
    const seen = await withAdmin(note.port, 500, identify)
    if (seen?.dbPath === files.dbPath) return { pid: seen.pid, port: note.port }
    await sleep(100)
  }
  return null
}

/** True if a process runs and may be a mongod: its id may now belong to another program. */
async function isMongod(pid: number): Promise<boolean> {
  if ((await processBirth(pid)) === null) return false
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'mongod')
  return command.includes('mongod')
}

/**
 * Starts mongod detached from the terminal, so that Ctrl-C does not end it before the service has finished with it. Resolves once it
 * answers. Uses the port of the last start again if it is free.
 * @throws Error that explains an early end
 */
export async function launch(files: MongodFiles, found: FoundMongod, lastPort?: number, signal?: AbortSignal): Promise<MongodProcess> {
  const port = lastPort && (await canListen(lastPort)) ? lastPort : await freePort()
  await limitLog(files.logFile)
  if (port !== lastPort && (await hasData(files.dbPath))) {
    await writeNote(files, found, NOT_MOVED)
    await moveData(files, found, port, signal)
  }
  await writeNote(files, found, port)
  return await spawnMongod({ files, found, port, parameters: REPLICA_SET_PARAMETERS, signal })
}

async function writeNote(files: MongodFiles, { binary, version }: FoundMongod, port: number): Promise<void> {
  const note: MongodNote = { port, binary, version }
  await writeFile(files.noteFile, JSON.stringify(note))
}

/** Moves data that was served on another port to this one, by a start outside the set that changes nothing else. */
async function moveData(files: MongodFiles, found: FoundMongod, port: number, signal?: AbortSignal): Promise<void> {
  const server = await spawnMongod({ files, found, port, parameters: ['--setParameter', 'ttlMonitorEnabled=false'], signal })
  try {
    await withAdmin(port, START_LIMIT_MS, (admin) => moveSet(admin, port))
  } finally {
    await stopProcess(server)
  }
}

async function hasData(dbPath: string): Promise<boolean> {
  return await stat(join(dbPath, 'WiredTiger')).then(
    () => true,
    () => false,
  )
}

interface Launch {
  readonly files: MongodFiles
  readonly found: FoundMongod
  readonly port: number
  readonly parameters: readonly string[]
  readonly signal: AbortSignal | undefined
}

async function spawnMongod({ files, found, port, parameters, signal }: Launch): Promise<MongodProcess> {
  const log = await open(files.logFile, 'a')
  const child = spawn(found.binary, [...commonParameters(files, port), ...parameters], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    windowsHide: true,
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, killedBy) => resolve(killedBy ? `signal ${killedBy}` : `code ${code}`))
  })
  await log.close()
  child.unref()
  const exit = await Promise.race([ended, answers(port, signal)])
  if (exit === true) return { pid: child.pid ?? 0, port }
  if (child.pid) await stopProcess({ pid: child.pid, port })
  signal?.throwIfAborted()
  if (!exit) throw new Error(`MongoDB did not answer within ${START_LIMIT_MS / 1000} s. Its log: ${files.logFile}`)
  throw new Error(await explainFailedStart({ ...files, version: found.version, exit }))
}

function commonParameters(files: MongodFiles, port: number): string[] {
  const place = ['--dbpath', files.dbPath, '--port', String(port), '--bind_ip', '127.0.0.1']
  const size = ['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '256']
  const quiet = ['--quiet', '--setParameter', 'diagnosticDataCollectionEnabled=false']
  return [...place, ...size, ...quiet, ...(process.platform === 'win32' ? [] : ['--nounixsocket'])]
}

/** True once a server answers on the port, undefined if none does in time or the start is aborted. */
async function answers(port: number, signal: AbortSignal | undefined): Promise<true | undefined> {
  for (const deadline = performance.now() + START_LIMIT_MS; performance.now() < deadline; await sleep(20)) {
    if (signal?.aborted) return undefined
    if (await withAdmin(port, 250, async () => true)) return true
  }
  return undefined
}

async function limitLog(logFile: string): Promise<void> {
  const seen = await stat(logFile).catch(() => undefined)
  if (seen && seen.size > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.1`)
}

/** Stops a mongod cleanly and waits for its end; kills one that does not end in 10 s. */
export async function stopProcess({ pid, port }: MongodProcess): Promise<void> {
  const birth = await processBirth(pid)
  if (birth === null) return
  if (process.platform === 'win32')
    await withAdmin(port, 1000, (admin) => admin.command({ shutdown: 1, force: true, timeoutSecs: 0 })).catch(() => null)
  else signalProcess(pid, 'SIGTERM')
  if (await isGone(pid, birth, STOP_LIMIT_MS)) return
  signalProcess(pid, 'SIGKILL')
  await isGone(pid, birth, STOP_LIMIT_MS)
}

async function isGone(pid: number, birth: string, withinMs: number): Promise<boolean> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await sleep(20)) {
    if ((await processBirth(pid)) !== birth) return true
  }
  return false
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it has ended since
  }
}
