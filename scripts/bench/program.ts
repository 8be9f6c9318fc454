/** Benchmark programs run as separate processes, so that the measuring and the measured side do not share an event loop. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export interface RunningProgram<T> {
  /** Its first message. */
  told: T
  pid: number
  stop: () => Promise<void>
}

/**
 * Starts `<name>-program.ts` from this folder and resolves to its first message, sent with {@link tell}; `given` is what its {@link
 * readGiven} returns.
 * @throws Error if it ends before the first message
 */
export async function startProgram<T>(name: string, given: unknown): Promise<RunningProgram<T>> {
  const child = fork(`${import.meta.dirname}/${name}-program.ts`, [JSON.stringify(given)], { execArgv: ['--import', 'tsx'] })
  const told = await nextMessage<T>(child, name)
  return {
    told,
    pid: child.pid ?? 0,
    stop: () => endProcess(child),
  }
}

/** Runs a program that reports its result and ends. */
export async function runProgram<R>(name: string, given: unknown): Promise<R> {
  const program = await startProgram<R>(name, given)
  await program.stop()
  return program.told
}

/** Ends a process by SIGTERM, or by SIGKILL if that is not enough. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await ended
  clearTimeout(force)
}

const STOP_WITHIN_MS = 15_000

function nextMessage<T>(child: ChildProcess, name: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`The program ${name} ended with ${code ?? 'a signal'}.`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as T)
    })
  })
}

/** For a program: returns its input. */
export function readGiven(): unknown {
  return JSON.parse(process.argv[2] ?? '{}')
}

/** For a program: sends a message to its parent. */
export function tell(message: object): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()))
}
