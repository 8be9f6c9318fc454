/**
 * `npm run lint`: checks rules, format, types, leftovers and the time of regular expressions at the same time. Prints the output of failed
 * checks, and a line for each check. `npm run lint -- --write` formats.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkPatterns } from './lint/patterns.ts'

interface Outcome {
  readonly ok: boolean
  readonly output: string
}

const root = join(import.meta.dirname, '..')
const write = process.argv.includes('--write')
if (process.argv.includes('--help')) {
  process.stdout.write('npm run lint [-- --write]: checks rules, format, types, leftovers and regular expressions; --write formats\n')
  process.exit(0)
}

const STEPS: readonly { readonly name: string; readonly run: () => Promise<Outcome> }[] = [
  { name: 'rules', run: () => tool('oxlint/bin/oxlint', [], ['--import', 'tsx']) },
  { name: 'format', run: () => tool('oxfmt/bin/oxfmt', write ? [] : ['--check']) },
  { name: 'types', run: () => tool('typescript/bin/tsc', ['-p', '.']) },
  { name: 'unused', run: () => tool('knip/bin/knip.js', ['--no-progress']) },
  { name: 'patterns', run: patterns },
]

const outcomes = await Promise.all(STEPS.map(async (step) => ({ name: step.name, ...(await step.run()) })))
const failed = outcomes.filter((outcome) => !outcome.ok)
for (const { name, output } of failed) process.stdout.write(`\n── ${name} ──\n${output.trimEnd()}\n`)
const names = failed.map(({ name }) => name).join(', ')
process.stdout.write(failed.length > 0 ? `\nLint failed: ${names}.\n` : `Lint passed: ${STEPS.map(({ name }) => name).join(', ')}.\n`)
process.exitCode = failed.length > 0 ? 1 : 0

async function patterns(): Promise<Outcome> {
  const findings = await checkPatterns(join(root, 'src'))
  return { ok: findings.length === 0, output: findings.map((finding) => `src/${finding}`).join('\n') }
}

function tool(path: string, parameters: readonly string[], nodeOptions: readonly string[] = []): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...nodeOptions, join(root, 'node_modules', path), ...parameters], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', (error) => resolve({ ok: false, output: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, output }))
  })
}
