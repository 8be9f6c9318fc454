import type { Ground } from './ground.ts'

/** What a benchmark measures, over passes of the same run; numbers keep their full precision for the file. */
export interface ResultTable {
  title: string
  head: readonly string[]
  rows: readonly (readonly (string | number)[])[]
}

/** A number that is promised, and what was measured. */
export interface Goal {
  what: string
  measured: number
  /** `atMost` where less is better. */
  atLeast?: number
  atMost?: number
}

export interface BenchmarkResult {
  tables: readonly ResultTable[]
  goals: readonly Goal[]
}

export interface BenchmarkOptions {
  /** Smaller and shorter, to try the benchmark itself; such numbers say little. */
  quick: boolean
  /** One line on where it is. */
  say: (line: string) => void
}

/** Measures one thing on grounds of its own, bounded in time. */
export interface Benchmark {
  name: string
  title: string
  run: (ground: Ground, options: BenchmarkOptions) => Promise<BenchmarkResult>
}

export function isMet({ measured, atLeast, atMost }: Goal): boolean {
  return (atLeast === undefined || measured >= atLeast) && (atMost === undefined || measured <= atMost)
}
