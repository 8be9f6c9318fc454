import { spawn } from 'node:child_process'

export interface CommandResult {
  readonly code: number
  /** Standard output and standard error together. */
  readonly output: string
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Runs a program to its end. The code is also nonzero if it cannot be started or does not end in time. */
export function runCommand(command: string, parameters: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      env: options.env,
      timeout: options.timeoutMs,
      signal: options.signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', (error) => resolve({ code: 127, output: `${output}\n${error.message}`.trim() }))
    child.on('close', (code, killedBy) =>
      resolve({ code: code ?? 124, output: killedBy ? `${output}\nended by ${killedBy}`.trim() : output }),
    )
  })
}
