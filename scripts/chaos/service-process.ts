import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../tour/calls.ts'

const COMPILED = join('scripts', 'serve.mjs')
const ENDS_WITHIN_MS = 20_000
const READY_WITHIN_MS = 120_000

/** A production process that is killed, suspended and resumed, and restarts on its port each time. */
export interface ServiceProcess {
  readonly name: string
  readonly role: ServiceRole
  readonly url: string
  start(): void
  /** Resolves once `/readyz` answers 200. */
  untilReady(): Promise<void>
  /** Kills it with SIGKILL and starts it again. */
  kill(): Promise<void>
  /**
   * Stops it as an operator does and starts it again, from another folder if one is given.
   * @returns its exit code; null if it had to be killed
   */
  restart(root?: string): Promise<number | null>
  /** Suspends it for `ms`, then resumes it. */
  suspend(ms: number): Promise<void>
  stop(): Promise<void>
  /** How often it exited without being told to. */
  ownEnds(): number
}

export type ServiceRole = 'web' | 'worker'

interface ServiceProcessOptions {
  name: string
  role: ServiceRole
  env: Record<string, string>
  /** Folder of its log. */
  folder: string
  /** Folder of the program. */
  root: string
}

export function serviceProcess({ name, role, env, folder, root: firstRoot }: ServiceProcessOptions): ServiceProcess {
  const output = openSync(join(folder, `${name}.log`), 'a')
  const url = `http://127.0.0.1:${env['PORT']}`
  let root = firstRoot
  let child: ChildProcess | undefined
  let isMeant = false
  let ownEnds = 0

  function start(): void {
    isMeant = false
    const isCompiled = existsSync(join(root, COMPILED)) // older checkouts are not
    child = spawn(process.execPath, isCompiled ? [COMPILED] : ['--import', 'tsx', 'src/main.ts'], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', ...env, ROLES: role },
      stdio: ['ignore', output, output],
    })
    child.once('exit', () => {
      if (isMeant) return
      ownEnds += 1
      start()
    })
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    isMeant = true
    if (!child || child.exitCode !== null || child.signalCode !== null) return null
    const ended = once(child, 'exit')
    child.kill(signal)
    const force = setTimeout(() => child?.kill('SIGKILL'), ENDS_WITHIN_MS)
    await ended
    clearTimeout(force)
    return child.exitCode
  }

  return {
    name,
    role,
    url,
    start,
    untilReady: async () =>
      void (await until(`${name} is ready`, async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok, READY_WITHIN_MS)),
    ownEnds: () => ownEnds,
    stop: async () => void (await end('SIGKILL')),
    async kill() {
      await end('SIGKILL')
      start()
    },
    async restart(nextRoot = root) {
      const code = await end('SIGTERM')
      root = nextRoot
      start()
      return code
    },
    async suspend(ms) {
      child?.kill('SIGSTOP')
      await sleep(ms)
      child?.kill('SIGCONT')
    },
  }
}
