import { join } from 'node:path'
import { runProgram, type ProgramEnd } from './run-program.ts'

/** Runs a script of scripts/ to its end, with these variables alone and the search path. */
export async function runScript(name: string, env: Record<string, string>): Promise<ProgramEnd> {
  const root = join(import.meta.dirname, '..', '..')
  const parameters = ['--import', 'tsx', join('scripts', name)]
  return runProgram(process.execPath, parameters, { cwd: root, env: { PATH: process.env['PATH'] ?? '', ...env } }).ended
}
