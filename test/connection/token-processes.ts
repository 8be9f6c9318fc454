import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { SHIFTED_CLOCK } from '../support/serve.ts'
import type { ConnectionWorld } from './connection-world.ts'

export interface ProcessSettings {
  mongodbUri: string
  secretKeys: string
  lever: { apiUrl: string; authUrl: string; audience: string; clientId: string; clientSecret: string }
  timeoutMs: number
}

export interface Order {
  organization: string
  calls: number
  /** Each save of a new pair waits until it is let. */
  stallSave?: true
  /** Instead of calls: lets stalled saves go on. */
  letSave?: true
  /** Instead of calls: makes a start address for an authorization. */
  link?: true
}

export interface Result {
  ready?: true
  /** Lever has answered to a refresh whose save is stalled. */
  answered?: true
  /** `ok`, or the code of the error, of each call. */
  outcomes?: string[]
  token?: string
}

export interface TokenProcess {
  /** Gives an order without waiting for what comes of it. */
  order(order: Order): void
  /** The next result of that kind. */
  next<K extends keyof Result>(kind: K): Promise<NonNullable<Result[K]>>
  /** So many calls at once. */
  call(organization: string, calls: number): Promise<string[]>
  signal(signal: NodeJS.Signals): void
  end(): Promise<void>
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** As long as a machine may stand still; who takes over a lapsed lease waits for so long, too. */
const TIMEOUT_MS = 6000

/** Starts a real process on the world's database and Lever; `clockShiftMs` is how far off its wall clock is. */
export async function startTokenProcess(world: ConnectionWorld, clockShiftMs: number): Promise<TokenProcess> {
  const { apiUrl, authUrl, audience, clientId, clientSecret } = world.lever
  const mongodbUri = uriOfDefaultConnection()
  const settings: ProcessSettings = {
    mongodbUri,
    secretKeys: world.secretKeys,
    lever: { apiUrl, authUrl, audience, clientId, clientSecret },
    timeoutMs: TIMEOUT_MS,
  }
  const child = fork(join(import.meta.dirname, 'token-process.ts'), [], {
    execArgv: ['--import', 'tsx', '--import', SHIFTED_CLOCK],
    env: { PATH: process.env['PATH'] ?? '', TOKEN_PROCESS: JSON.stringify(settings), CLOCK_SHIFT_MS: String(clockShiftMs) },
  })
  running.add(child)
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve())).then(() => void running.delete(child))
  const next: TokenProcess['next'] = (kind) =>
    new Promise((resolve, reject) => {
      const onMessage = (result: Result): void => {
        const value = result[kind]
        if (value === undefined) return
        child.off('message', onMessage)
        resolve(value)
      }
      child.on('message', onMessage)
      void closed.then(() => reject(new Error('the process has ended')))
    })
  await next('ready')
  return {
    order: (order) => void child.send(order),
    next,
    async call(organization, calls) {
      const outcomes = next('outcomes')
      child.send({ organization, calls } satisfies Order)
      return outcomes
    },
    signal: (signal) => void child.kill(signal),
    async end() {
      child.kill('SIGKILL')
      await closed
    },
  }
}

function uriOfDefaultConnection(): string {
  const { host, port, name } = mongoose.connection
  return `mongodb://${host}:${port}/${name}?directConnection=true&appName=${name}`
}
