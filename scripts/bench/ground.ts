/** The ground of the benchmarks: a separate mongod in a temporary folder, the local Lever, and service processes. */
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { freePort } from '../free-port.ts'
import { startMongod } from '../mongod.ts'
import { createCalls, until, type Calls } from '../tour/calls.ts'
import { endProcess, startProgram } from './program.ts'

export interface LeverProcess {
  url: string
  apiUrl: string
  apiKey: string
  control: Calls
  stop: () => Promise<void>
}

export interface ServiceProcess {
  url: string
  operator: Calls
  pid: number
  stop: () => Promise<void>
}

interface Stoppable {
  stop: () => Promise<void>
}

export interface Ground {
  /** Resolves to the URI of an empty database of this name. */
  databaseUri(name: string): Promise<string>
  /** Starts the local Lever with the sample account, or with an account of this many opportunities. */
  startLever(options?: { opportunities?: number }): Promise<LeverProcess>
  /** Starts a production process, as `npm run serve` does. */
  startService(env: Record<string, string>): Promise<ServiceProcess>
  /** Registers another process that is stopped with the rest. */
  start<T extends Stoppable>(starting: Promise<T>): Promise<T>
  /** Stops everything that a benchmark has left running. */
  clear(): Promise<void>
  stop(): Promise<void>
  /** Describes the mongod. */
  mongod: string
  mongodPid: number
}

export const OPERATOR_KEY = 'operator-key-of-the-benchmarks'
export const BENCH_SECRET_KEY = { id: 'bench', key: Buffer.from('a key of 32 bytes, for the bench') }
const SECRET_KEYS = `${BENCH_SECRET_KEY.id}:${BENCH_SECRET_KEY.key.toString('base64')}`
/** Long enough for a large database on a busy machine. */
const READY_WITHIN_MS = 180_000
const ROOT = join(import.meta.dirname, '..', '..')

export async function startGround(say: (line: string) => void): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'fulcrum-bench-'))
  const mongod = await startMongod({ dataDir: folder, say })
  const stops: (() => Promise<void>)[] = []
  const kept = <T extends Stoppable>(started: T): T => {
    stops.push(started.stop)
    return started
  }
  const clear = async (): Promise<void> => {
    await mongoose.disconnect()
    await Promise.all(stops.splice(0).map((stop) => stop()))
  }
  return {
    mongod: mongod.how,
    mongodPid: mongod.pid,
    async databaseUri(name) {
      const uri = new URL(mongod.uri)
      uri.pathname = `/${name}`
      const connection = await mongoose.createConnection(uri.toString()).asPromise()
      await connection.dropDatabase()
      await connection.close()
      return uri.toString()
    },
    async startLever({ opportunities = 0 } = {}) {
      const program = await startProgram<Pick<LeverProcess, 'url' | 'apiUrl' | 'apiKey'>>('lever', { opportunities })
      return kept({ ...program.told, control: createCalls(`${program.told.url}/control`), stop: program.stop })
    },
    startService: async (env) => kept(await startService(env, folder)),
    start: async (starting) => kept(await starting),
    clear,
    async stop() {
      await clear()
      await mongod.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves to a process's variables for this Lever and database; the budget and all else are as in production unless overridden. */
export async function environmentFor(databaseUri: string, lever: LeverProcess, own: Record<string, string> = {}) {
  const port = String(await freePort())
  return {
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MONGODB_URI: databaseUri,
    SECRET_KEYS,
    OPERATOR_API_KEY: OPERATOR_KEY,
    LEVER_ENVIRONMENT: 'local',
    LEVER_API_URL: lever.apiUrl,
    LEVER_AUTH_URL: lever.url,
    ...own,
  }
}

async function startService(env: Record<string, string>, folder: string): Promise<ServiceProcess> {
  const logFile = join(folder, `service-${env['PORT']}.log`)
  const output = openSync(logFile, 'a')
  const child = spawn(process.execPath, [join('scripts', 'serve.mjs')], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', output, output],
  })
  const url = `http://127.0.0.1:${env['PORT']}`
  await until('the service is ready', async () => {
    if (child.exitCode !== null) throw new Error(`The service ended during startup: ${await readFile(logFile, 'utf8')}`)
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    return answer?.ok
  }, READY_WITHIN_MS) // prettier-ignore
  return { url, operator: createCalls(`${url}/api/v1`, OPERATOR_KEY), pid: child.pid ?? 0, stop: () => endProcess(child) }
}
