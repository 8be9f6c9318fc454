import type { Ground } from './ground.ts'

/** The results of a benchmark, over passes of the same run; numbers keep their full precision for the file. */
export interface ResultTable {
  title: string
  head: readonly string[]
  rows: readonly (readonly (string | number)[])[]
}

/** A promised number, and the measured one. */
export interface Goal {
  what: string
  measured: number
  /** `atMost` is for numbers where less is better. */
  atLeast?: number
  atMost?: number
}

export interface BenchmarkResult {
  tables: readonly ResultTable[]
  goals: readonly Goal[]
}

export interface BenchmarkOptions {
  /** Smaller and shorter, for trying the benchmark; such numbers mean little. */
  quick: boolean
  /** Reports progress in one line. */
  say: (line: string) => void
}

/** Measures one thing on its own ground, in bounded time. */
export interface Benchmark {
  name: string
  title: string
  run: (ground: Ground, options: BenchmarkOptions) => Promise<BenchmarkResult>
}

export function isMet({ measured, atLeast, atMost }: Goal): boolean {
  return (atLeast === undefined || measured >= atLeast) && (atMost === undefined || measured <= atMost)
}
