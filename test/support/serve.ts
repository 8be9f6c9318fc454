/** A production process of its own, as `npm run serve` starts it, to be killed, stopped and read. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { runProgram, type Program } from './run-program.ts'

export interface ServeProcess {
  url: string
  pid: number
  /** Everything it wrote so far. */
  output(): string
  /** Ends it by a signal and resolves with its exit code, null when it was killed. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

const ROOT = join(import.meta.dirname, '..', '..')
/** As a `preload`: the process's wall clock is CLOCK_SHIFT_MS off. */
export const SHIFTED_CLOCK = join(import.meta.dirname, 'shifted-clock.mjs')

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a process with these variables alone, and the search path; `preload` is a file of JavaScript that is loaded before the service. */
export function spawnServe(env: Record<string, string>, preload?: string): Program {
  const parameters = [...(preload === undefined ? [] : ['--import', preload]), join('scripts', 'serve.mjs')]
  const program = runProgram(process.execPath, parameters, { cwd: ROOT, env: { PATH: process.env['PATH'] ?? '', ...env } })
  running.add(program.child)
  void program.ended.finally(() => running.delete(program.child))
  return program
}

/** Resolves once `/readyz` says 200. */
export async function startServe(env: Record<string, string>, preload?: string): Promise<ServeProcess> {
  const { child, output, ended } = spawnServe(env, preload)
  const url = `http://127.0.0.1:${env['PORT']}`
  let exited = false
  void ended.then(() => (exited = true))
  await eventually(
    'the process is ready',
    async () => {
      if (exited) throw new Error(`the process ended at its start: ${output()}`)
      const answer = await fetch(`${url}/readyz`).catch(() => null)
      return answer?.ok
    },
    60_000,
  )
  return {
    url,
    pid: child.pid ?? 0,
    output,
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      return (await ended).code
    },
  }
}
