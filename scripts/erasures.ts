/**
 * `npm run erasures [-- --count 200] [--seed N] [--kill-every MS]`: people are erased at random moments of single and bulk exports, notes and
 * conversations, while the local Lever is slow, fails or is down and two web and two worker processes are killed. Ends 0 only if nobody came to be in
 * Lever after `DELETE` was answered, and no trace of anybody is left in the database. For before a release, and whenever something new is written to
 * Lever or known of people. Everything runs in a temporary folder and on loopback; it is kept where something was found.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { runErasures } from './chaos/erasures/run-erasures.ts'

const Flags = z.object({
  count: z.coerce.number().int().positive().default(200),
  seed: z.coerce.number().int().min(0).default(() => Math.floor(Math.random() * 2 ** 31)),
  'kill-every': z.coerce.number().int().min(200).default(4000),
}) // prettier-ignore

const NAMES = ['count', 'seed', 'kill-every'] as const
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const { values } = parseArgs({ options: Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }])) })
const { count: erasures, seed, 'kill-every': killEveryMs } = Flags.parse(values)
const folder = mkdtempSync(join(tmpdir(), 'fulcrum-erasures-'))
say(`${erasures} erasures with seed ${seed}, logs in ${folder}`)

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())

const { findings, ...figures } = await runErasures({ seed, erasures, killEveryMs, folder, say }, interrupted.signal)
say(JSON.stringify(figures, null, 2))
for (const { what, of, detail } of findings) say(`${what}: ${of} ${detail}`)
if (findings.length === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
say(findings.length === 0 ? `Seed ${seed}: nobody came after the answer, no trace is left.` : `Seed ${seed}: ${findings.length} findings.`)
process.exit(findings.length === 0 ? 0 : 1)
