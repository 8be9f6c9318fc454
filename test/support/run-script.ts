import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram, type Program, type ProgramEnd } from './run-program.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** What `npm run NAME` runs, word by word. */
export function scriptCommand(name: string): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  return scripts[name]?.split(' ') ?? []
}

/** Starts what `npm run NAME` runs, with these variables alone and the search path. */
export function startScript(name: string, env: Record<string, string>, folder = ROOT): Program {
  const [command = '', ...parameters] = scriptCommand(name)
  return runProgram(command, parameters, { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env } })
}

/** The same, to its end. */
export async function runScript(name: string, env: Record<string, string>): Promise<ProgramEnd> {
  return startScript(name, env).ended
}
