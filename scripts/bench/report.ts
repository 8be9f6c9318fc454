import { mkdir, writeFile } from 'node:fs/promises'
import { arch, cpus, loadavg, platform, totalmem } from 'node:os'
import { join } from 'node:path'
import Table from 'cli-table3'
import { isMet, type BenchmarkResult, type Goal, type ResultTable } from './benchmark.ts'

export interface MeasuredBenchmark extends BenchmarkResult {
  name: string
  title: string
  tookMs: number
  /** The system's load of the last minute, before and after: other work on the machine makes the numbers worse. */
  loadBefore: number
  loadAfter: number
}

export function loadNow(): number {
  return loadavg()[0] ?? Number.NaN
}

export function printBenchmark({ title, tables, goals, tookMs, loadBefore, loadAfter }: MeasuredBenchmark): void {
  const load = `load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`
  process.stdout.write(`\n${title} (${(tookMs / 1000).toFixed(0)} s, ${load})\n`)
  for (const table of tables) printTable(table)
  if (goals.length > 0) printTable({ title: 'Goals', head: ['Goal', 'Wanted', 'Measured', ''], rows: goals.map(goalRow) })
}

function goalRow(goal: Goal): string[] {
  const wanted = [...(goal.atLeast === undefined ? [] : [`≥ ${goal.atLeast}`]), ...(goal.atMost === undefined ? [] : [`≤ ${goal.atMost}`])]
  return [goal.what, wanted.join(', '), shown(goal.measured), isMet(goal) ? 'met' : 'not met']
}

function printTable({ title, head, rows }: ResultTable): void {
  const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }
  const table = new Table({ head: [...head], style: { head: [], border: [] }, chars })
  for (const row of rows) table.push(row.map(shown))
  process.stdout.write(`\n${title}\n${table.toString()}\n`)
}

function shown(value: string | number): string {
  if (typeof value === 'string') return value
  return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(Math.abs(value) < 100 ? 2 : 0)
}

/** @returns the path of the written file */
export async function writeReport(folder: string, mongod: string, benchmarks: readonly MeasuredBenchmark[]): Promise<string> {
  const at = new Date().toISOString()
  const machine = { platform: platform(), arch: arch(), cpus: cpus().length, cpu: cpus()[0]?.model ?? '', memoryBytes: totalmem() }
  const file = join(folder, `${at.replaceAll(':', '-')}.json`)
  await mkdir(folder, { recursive: true })
  await writeFile(file, `${JSON.stringify({ at, node: process.version, mongod, machine, benchmarks }, null, 2)}\n`)
  return file
}
