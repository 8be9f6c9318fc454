import { expect } from 'chai'
import {
  cutSlice,
  endSlice,
  estimateTotal,
  isDone,
  isTooLong,
  newPlan,
  notePage,
  restartSlice,
  takeSlice,
  type SlicePlan,
} from '../../src/mirror/slice-plan.ts'

const NOW = Date.UTC(2026, 10, 1)
const DAY_MS = 86_400_000
const PAGE = 100

/** Reads accounts of which only the creation times matter, several slices beside each other, each list in an order of its own. */
function readAll(createdAt: readonly number[], { atOnce = 6, plan = newPlan(new Date(NOW)) } = {}) {
  const pages: SlicePlan[] = []
  const ended: number[] = []
  const open = new Map<NonNullable<ReturnType<typeof takeSlice>>, { found: number[]; seen: number[] }>()
  let calls = 0
  while (!isDone(plan)) {
    for (let slice = open.size < atOnce ? takeSlice(plan) : null; slice; slice = open.size < atOnce ? takeSlice(plan) : null) {
      const { from, to } = slice
      const found = createdAt.filter((at) => (from === 0 || at >= from) && (to === null || at <= to))
      open.set(slice, { found, seen: [] })
    }
    for (const [slice, { found, seen }] of open) {
      const page = found.slice(slice.pages * PAGE, (slice.pages + 1) * PAGE)
      const next = found.length > (slice.pages + 1) * PAGE ? 'next' : null
      notePage(plan, slice, next, page.map((at) => new Date(at))) // prettier-ignore
      seen.push(...page)
      calls += 1
      if (next === null) {
        endSlice(plan, slice)
        ended.push(...found)
      } else if (isTooLong(plan, slice)) cutSlice(plan, slice, seen)
      if (!plan.slices.includes(slice)) open.delete(slice)
    }
    pages.push(structuredClone(plan))
    if (calls > 100_000) throw new Error('it never ends')
  }
  return { calls, ended, plan, pages }
}

const spread = (count: number, from: number, to: number): number[] =>
  Array.from({ length: count }, (_, index) => Math.round(from + ((to - from) * (index * 7919)) / count) % (to - from) + from) // prettier-ignore

describe('plan for reading all opportunities', () => {
  const accounts: Record<string, { createdAt: number[]; atMost: number }> = {
    none: { createdAt: [], atMost: 1 },
    'a few': { createdAt: spread(300, NOW - 600 * DAY_MS, NOW), atMost: 3 },
    'a thousand and more': { createdAt: [...spread(850, NOW - 10_000, NOW), ...spread(300, NOW - 600 * DAY_MS, NOW)], atMost: 40 },
    'three thousand over years': { createdAt: spread(3000, NOW - 1500 * DAY_MS, NOW), atMost: 62 },
    'fifty thousand over years': { createdAt: spread(50_000, NOW - 1500 * DAY_MS, NOW), atMost: 560 },
    'fifty thousand within a minute, a moment ago': { createdAt: spread(50_000, NOW - 60_000, NOW), atMost: 560 },
    'fifty thousand within one millisecond': { createdAt: Array.from({ length: 50_000 }, () => NOW - DAY_MS), atMost: 600 },
    'few, and an import of thirty thousand long ago': {
      createdAt: [...spread(2000, NOW - 300 * DAY_MS, NOW), ...spread(30_000, NOW - 900 * DAY_MS, NOW - 900 * DAY_MS + 3_600_000)],
      atMost: 440,
    },
    'some by a clock that is ahead': { createdAt: spread(3000, NOW - DAY_MS, NOW + 2 * 3_600_000), atMost: 100 },
    'some older than anything': { createdAt: [...spread(1500, NOW - DAY_MS, NOW), -5, 0, 1], atMost: 70 },
  }
  for (const [name, { createdAt, atMost }] of Object.entries(accounts)) {
    it(`reads each opportunity of an account with ${name}, in at most ${atMost} calls`, () => {
      const { calls, ended, plan } = readAll(createdAt)

      expect(ended.toSorted((a, b) => a - b)).to.deep.equal(createdAt.toSorted((a, b) => a - b))
      expect(plan.read).to.equal(createdAt.length)
      expect(calls).to.be.at.most(atMost)
    })
  }

  it('resumes at any point where it stopped, and reads what was pending', () => {
    const createdAt = spread(8000, NOW - 600 * DAY_MS, NOW)
    const { pages } = readAll(createdAt)
    for (const left of [pages[3], pages[20], pages.at(-2)]) {
      const plan = structuredClone(left as SlicePlan)
      const open = plan.slices.splice(0).map(({ from, to }) => ({ from, to }))
      plan.gaps = [...plan.gaps, ...open].toSorted((a, b) => a.from - b.from)
      const before = createdAt.filter((at) => !plan.gaps.some(({ from, to }) => at >= from && at <= (to ?? Infinity)))

      const { ended } = readAll(createdAt, { plan })

      expect([...before, ...ended].toSorted((a, b) => a - b)).to.deep.equal(createdAt.toSorted((a, b) => a - b))
    }
  })

  it('splits a slice whose cursor Lever refuses, or restarts it a few times if it cannot be split', () => {
    const plan = newPlan(new Date(NOW))
    const whole = takeSlice(plan)!
    notePage(plan, whole, 'next', [new Date(NOW - DAY_MS)])
    expect(restartSlice(plan, whole, [NOW - DAY_MS])).to.equal(true)
    expect(plan).to.deep.include({ gaps: [{ from: 0, to: null }], slices: [], read: 0, widthMs: DAY_MS })

    plan.widthMs = 1
    const narrow = takeSlice(plan)!
    notePage(plan, narrow, 'next', [new Date(NOW)])
    const restarted = Array.from({ length: 6 }, () => restartSlice(plan, narrow, []))
    expect(narrow).to.include({ cursor: null, pages: 0, read: 0 })
    expect(restarted).to.deep.equal([true, true, true, true, true, false])
  })

  it('estimates the total once it can, and never less than what was read', () => {
    const createdAt = spread(20_000, NOW - 400 * DAY_MS, NOW)
    const { pages } = readAll(createdAt)

    expect(estimateTotal(newPlan(new Date(NOW)))).to.equal(null)
    const estimates = pages.map((plan) => ({ read: plan.read, total: estimateTotal(plan) }))
    for (const { read, total } of estimates) if (total !== null) expect(total).to.be.at.least(read)
    expect(estimates[Math.floor(estimates.length / 2)]?.total).to.be.within(15_000, 26_000)
    expect(estimates.at(-1)?.total).to.equal(20_000)
  })
})
