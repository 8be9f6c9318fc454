/**
 * `npm run bench [-- [--quick] name…]`: runs the benchmarks on a separate instance and compares them with floors and peers measured in the
 * same run. Prints tables, and writes them as JSON into the data folder. Exits 0 if everything could be measured, whether or not the goals
 * are met.
 */
import { join } from 'node:path'
import { conversations } from './bench/conversations.ts'
import { drain } from './bench/drain.ts'
import { exports } from './bench/exports.ts'
import { fairness } from './bench/fairness.ts'
import { idle } from './bench/idle.ts'
import { intake } from './bench/intake.ts'
import { pages } from './bench/pages.ts'
import { rows } from './bench/rows.ts'
import { startGround, type Ground } from './bench/ground.ts'
import type { Benchmark } from './bench/benchmark.ts'
import { scale } from './bench/scale.ts'
import { sync } from './bench/sync.ts'
import { loadNow, printBenchmark, writeReport, type MeasuredBenchmark } from './bench/report.ts'

const BENCHMARKS: readonly Benchmark[] = [pages, rows, intake, sync, exports, conversations, drain, idle, fairness, scale]

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const flags = new Set(process.argv.slice(2).filter((word) => word.startsWith('--')))
const names = process.argv.slice(2).filter((word) => !word.startsWith('--'))
if (flags.has('--help')) {
  say('npm run bench [-- [--quick] name…]: runs all benchmarks, or the named ones\n')
  say('  --quick        only checks that everything runs')
  for (const { name, title } of BENCHMARKS) say(`  ${name.padEnd(14)} ${title}`)
  process.exit(0)
}
const unknown = [
  ...names.filter((name) => !BENCHMARKS.some((one) => one.name === name)),
  ...[...flags].filter((flag) => flag !== '--quick'),
]
if (unknown.length > 0) {
  process.stderr.write(`Not known: ${unknown.join(', ')}. There are: ${BENCHMARKS.map(({ name }) => name).join(', ')}; and --quick.\n`)
  process.exit(1)
}

let ground: Ground | undefined
let isEnding = false
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.once(signal, () => void end(code)) // prettier-ignore

try {
  ground = await startGround(say)
  const measured: MeasuredBenchmark[] = []
  for (const benchmark of BENCHMARKS)
    if (names.length === 0 || names.includes(benchmark.name)) measured.push(await measure(ground, benchmark))
  measured.forEach(printBenchmark)
  say(`\nAs JSON: ${await writeReport(join(process.env['DATA_DIR'] ?? '.data', 'bench'), ground.mongod, measured)}`)
  await end(0)
} catch (error) {
  process.stderr.write(`\nThe benchmarks stopped early: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  await end(1)
}

async function measure(on: Ground, { name, title, run }: Benchmark): Promise<MeasuredBenchmark> {
  say(`${name}: ${title}`)
  const [startedAt, loadBefore] = [performance.now(), loadNow()]
  const result = await run(on, { quick: flags.has('--quick'), say: (line) => say(`  ${line}`) })
  await on.clear()
  return { name, title, ...result, tookMs: performance.now() - startedAt, loadBefore, loadAfter: loadNow() }
}

async function end(code: number): Promise<void> {
  if (isEnding) return
  isEnding = true
  await ground?.stop()
  process.exit(code)
}
