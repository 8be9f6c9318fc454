import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import Mocha from 'mocha'
import { budgetMs } from './time-budget.ts'

/**
 * Mocha's spec reporter with three additions: it fails the run if a file exceeds its budget, lists the slowest files, and appends each
 * result to the file named in TEST_RESULTS as soon as it is known, so that a crash in the middle leaves the right count.
 * Lines are `passed`, `failed <title>`, and `end` after the last.
 */
export default class ProgressReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    const spentMs = new Map<string, number>()
    const spend = ({ file, duration }: Mocha.Runnable): void => {
      if (file) spentMs.set(file, (spentMs.get(file) ?? 0) + (duration ?? 0))
    }
    runner.on('test end', spend)
    runner.on('hook end', spend)
    runner.on('pass', () => record('passed'))
    runner.on('fail', (test) => record(`failed ${test.fullTitle()}`))
    runner.once('end', () => {
      listSlowest(spentMs)
      runner.failures += reportOverruns(spentMs)
      record('end')
    })
  }
}

const LISTED = 15

function listSlowest(spentMs: ReadonlyMap<string, number>): void {
  const slowest = [...spentMs].toSorted(([, a], [, b]) => b - a).slice(0, LISTED)
  const lines = slowest.map(([file, ms]) => `  ${seconds(ms).padStart(8)}  ${relative(process.cwd(), file)}`)
  process.stdout.write(`\n  Slowest files, by the clock:\n${lines.join('\n')}\n`)
}

function reportOverruns(spentMs: ReadonlyMap<string, number>): number {
  const totalMs = [...spentMs.values()].reduce((sum, ms) => sum + ms, 0)
  const overruns = [...spentMs]
    .map(([path, ms]) => ({ file: relative(process.cwd(), path), ms }))
    .map(({ file, ms }) => ({ file, ms, allowedMs: budgetMs(file, totalMs) }))
    .filter(({ ms, allowedMs }) => ms > allowedMs)
  for (const { file, ms, allowedMs } of overruns) {
    const line = `${file} took ${seconds(ms)} of the ${seconds(allowedMs)} it may take`
    process.stderr.write(`\n  Over its time budget: ${line}\n`)
    record(`failed ${line}`)
  }
  return overruns.length
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function record(line: string): void {
  const file = process.env['TEST_RESULTS']
  if (file) appendFileSync(file, `${line.replaceAll('\n', ' ')}\n`)
}
