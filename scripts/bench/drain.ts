import type { Benchmark } from './benchmark.ts'
import type { DrainKind } from './drain-program.ts'
import { runProgram } from './program.ts'
import { median } from './quantiles.ts'

const DOCUMENTS = 20_000
const JOBS = 500
const PASSES = 2

/** Measures how fast queued work is processed if the work takes no time. */
export const drain: Benchmark = {
  name: 'drain',
  title: 'Working through queued documents that need no work, 32 at a time',
  async run(ground, { quick, say }) {
    const many = quick ? DOCUMENTS / 10 : DOCUMENTS
    const contestants: { kind: DrainKind; what: string; many: number; rates: number[] }[] = [
      { kind: 'worker', what: 'worker with claimWork: leases, fences, heartbeats', many, rates: [] },
      { kind: 'loop', what: 'plain loop: take one, mark it done', many, rates: [] },
      { kind: 'agenda', what: 'one Agenda job each', many: JOBS, rates: [] },
    ]
    for (let pass = 0; pass < (quick ? 1 : PASSES); pass += 1) {
      for (const { kind, what, many: queued, rates } of contestants) {
        say(`pass ${pass + 1}: ${what}`)
        const databaseUri = await ground.databaseUri('drain')
        rates.push((await runProgram<{ perSecond: number }>('drain', { kind, databaseUri, many: queued })).perSecond)
      }
    }
    const [ours = Number.NaN] = contestants.map(({ rates }) => median(rates))
    const rows = contestants.map(({ what, many: queued, rates }) => [
      what,
      queued,
      median(rates),
      rates.map(Math.round).join(' '),
      ours / median(rates),
    ])
    return {
      tables: [{ title: 'Documents a second', head: ['How', 'Queued', 'a second', 'Passes', 'Worker against it'], rows }],
      goals: [],
    }
  },
}
