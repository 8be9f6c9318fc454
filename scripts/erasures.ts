/**
 * `npm run erasures [-- --count 200] [--seed N] [--kill-every MS]`: erases people at random moments of single and bulk exports, notes and
 * conversations, while the local Lever is slow, fails or is down and two web and two worker processes are killed. Exits with 0 only if no
 * one was created in Lever after `DELETE` was answered, and no trace of an erased person is left in the database. Run it before a release,
 * and whenever the product writes something new to Lever or stores something new about people. Everything runs in a temporary folder and on
 * loopback; the folder is kept if there are findings.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { readOptions } from './command-options.ts'
import { runErasures } from './chaos/erasures/run-erasures.ts'

const Options = z.object({
  count: z.coerce.number().int().positive().default(200).describe('how many people are erased (200)'),
  seed: z.coerce.number().int().min(0).default(() => Math.floor(Math.random() * 2 ** 31)).describe('repeats the random choices of another run'),
  'kill-every': z.coerce.number().int().min(200).default(4000).describe('average time between kills, in milliseconds (4000)'),
}) // prettier-ignore

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const command = { name: 'erasures', purpose: 'erases people at random moments of exports and conversations', options: Options }
const { count: erasures, seed, 'kill-every': killEveryMs } = readOptions(command)
const folder = mkdtempSync(join(tmpdir(), 'fulcrum-erasures-'))
say(`${erasures} erasures with seed ${seed}, logs in ${folder}`)

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())

const { findings, ...figures } = await runErasures({ seed, erasures, killEveryMs, folder, say }, interrupted.signal)
say(JSON.stringify(figures, null, 2))
for (const { what, of, detail } of findings) say(`${what}: ${of} ${detail}`)
if (findings.length === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
say(
  findings.length === 0
    ? `Seed ${seed}: nobody was created after the answer, no trace is left.`
    : `Seed ${seed}: ${findings.length} findings.`,
)
process.exit(findings.length === 0 ? 0 : 1)
