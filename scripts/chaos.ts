/**
 * `npm run chaos [-- --minutes 5 | --seconds 40] [--seed N] [--replicas 3] [--exports N] [--blow-every MS]`: two web and two worker
 * processes on a real MongoDB and a local Lever are killed, suspended and given false answers at random during exports. Then the content of
 * Lever is compared with the requests. Exits 0 only if every candidate is there once. Everything runs in a temporary folder and on
 * loopback; the folder is kept if there are findings.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { readOptions } from './command-options.ts'
import { runChaos, type ChaosReport } from './chaos/run-chaos.ts'

const Options = z.object({
  minutes: z.coerce.number().positive().max(120).optional().describe('duration in minutes (default 5)'),
  seconds: z.coerce.number().positive().max(3600).optional().describe('duration in seconds, instead of --minutes'),
  seed: z.coerce.number().int().min(0).default(() => Math.floor(Math.random() * 2 ** 31)).describe('random seed; reuse one to repeat the choices of a run'),
  replicas: z.coerce.number().refine((count) => count === 1 || count === 3, 'must be 1 or 3').default(1).describe('mongod processes: 1 or 3 (1)'),
  exports: z.coerce.number().int().positive().default(100_000).describe('maximum number of exports (default 100000)'),
  'blow-every': z.coerce.number().int().min(200).default(5000).describe('average pause between kills, suspensions or step-downs of each of three strikers, in ms (default 5000)'),
}) // prettier-ignore

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const flags = readOptions({
  name: 'chaos',
  purpose: 'randomly kills processes and injects faults of Lever during exports',
  options: Options,
})
const lastsMs = flags.seconds === undefined ? (flags.minutes ?? 5) * 60_000 : flags.seconds * 1000
const folder = mkdtempSync(join(tmpdir(), 'fulcrum-chaos-'))
say(`Chaos for ${lastsMs / 1000} s with seed ${flags.seed}, ${flags.replicas} mongod(s), logs in ${folder}`)

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())

const chaos = { seed: flags.seed, lastsMs, blowEveryMs: flags['blow-every'], replicas: flags.replicas, atMost: flags.exports, folder, say }
const report = await runChaos(chaos, interrupted.signal)
print(report)
if (report.breaches.length === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
process.exit(report.breaches.length === 0 ? 0 : 1)

function print({ breaches, ...counts }: ChaosReport): void {
  say(JSON.stringify(counts, null, 2))
  for (const { what, ids, detail } of breaches) say(`${what}: ${ids.join(' ')} ${detail}`)
  say(breaches.length === 0 ? `Seed ${counts.seed}: no duplicates, nothing lost.` : `Seed ${counts.seed}: ${breaches.length} findings.`)
}
