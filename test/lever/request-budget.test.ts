import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import mongoose from 'mongoose'
import { spy } from 'sinon'
import { LeverBudgetModel } from '../../src/lever/request-budget-model.ts'
import { createRequestBudget, type Lane, type RequestBudget } from '../../src/lever/request-budget.ts'
import { eventually } from '../support/eventually.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

describe('lever/request-budget', () => {
  let turn = 0
  let key: string

  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(() => {
    turn += 1
    key = `credential-${turn}`
  })

  /** Takes over and over until the time is up and so many are taken; resolves with the times of the grants, in ms from the start. */
  async function takeFor(
    budgets: RequestBudget[],
    forMs: number,
    { lane = 'interactive', atOnce = 2, atLeast = 0 }: { lane?: Lane; atOnce?: number; atLeast?: number } = {},
  ): Promise<number[]> {
    const startedAt = performance.now()
    const grants: number[] = []
    const takeOn = async (budget: RequestBudget): Promise<void> => {
      while (performance.now() - startedAt < forMs || grants.length < atLeast) {
        await budget.take(key, lane)
        grants.push(performance.now() - startedAt)
      }
    }
    await Promise.all(budgets.flatMap((budget) => Array.from({ length: atOnce }, async () => takeOn(budget))))
    return grants.toSorted((a, b) => a - b)
  }

  async function timeToTake(budget: RequestBudget, lane: Lane = 'interactive', count = 1): Promise<number> {
    const startedAt = performance.now()
    for (let taken = 0; taken < count; taken++) await budget.take(key, lane)
    return performance.now() - startedAt
  }

  /** The longest that this process or the database stood still while it ran, in ms; slots that it slept through go out late, by design. */
  async function watchStandstill<T>(work: Promise<T>): Promise<{ result: T; longestMs: number }> {
    let [running, longestMs] = [true, 0]
    const watch = (async () => {
      for (let lookedAt = performance.now(); running; lookedAt = performance.now()) {
        await Promise.all([mongoose.connection.db?.command({ ping: 1 }), sleep(10)])
        longestMs = Math.max(longestMs, performance.now() - lookedAt)
      }
    })()
    const result = await work
    running = false
    await watch
    return { result, longestMs }
  }

  it('allows a burst at once, then keeps the rate', async () => {
    expect(await timeToTake(createRequestBudget({ requestsPerSecond: 0.1, burst: 5 }), 'interactive', 5)).to.be.below(10_000)
    key += '-another'
    expect(await timeToTake(createRequestBudget({ requestsPerSecond: 20, burst: 1 }), 'interactive', 5)).to.be.within(150, 5000)
  })

  for (const lane of ['interactive', 'bulk'] as const)
    it(`keeps the rate over any period while four processes compete: ${lane}`, async () => {
      const rate = { requestsPerSecond: 50, burst: 5 }
      const budgets = Array.from({ length: 4 }, () => createRequestBudget(rate))
      const { result: grants, longestMs } = await watchStandstill(takeFor(budgets, 1500, { lane, atOnce: 8, atLeast: 70 }))

      const slackMs = 300 + longestMs
      for (const [first, from] of grants.entries()) {
        for (let last = first; last < grants.length; last++) {
          const stretchMs = (grants[last] ?? 0) - from + slackMs
          expect(last - first + 1).to.be.at.most(rate.burst + Math.ceil((stretchMs * rate.requestsPerSecond) / 1000))
        }
      }
      expect(grants.length).to.be.at.most(rate.burst + ((grants.at(-1) ?? 0) * rate.requestsPerSecond) / 1000 + 1)
      const untilFortyMore = grants.slice(40).map((at, index) => at - (grants[index] ?? 0))
      expect(Math.min(...untilFortyMore)).to.be.below(1200)
    })

  it('reserves several slots in one command while many callers wait, and one at a time otherwise', async () => {
    const budget = createRequestBudget({ requestsPerSecond: 100, burst: 5 })
    const asked = spy(LeverBudgetModel, 'findOneAndUpdate')
    const askedFor = async (): Promise<{ calls: number; used: number }> => {
      const { usedLastHour: used } = await budget.describe(key)
      return { calls: asked.callCount, used }
    }
    try {
      await timeToTake(budget, 'interactive', 3)
      expect(await askedFor()).to.deep.equal({ calls: 3, used: 3 })

      await Promise.all(Array.from({ length: 60 }, async () => budget.take(key, 'bulk')))

      const { calls, used } = await askedFor()
      expect(used).to.equal(63)
      expect(calls).to.be.below(20)
    } finally {
      asked.restore()
    }
  })

  it('grants no slot that another process has paused, even if it was reserved before', async () => {
    const rate = { requestsPerSecond: 20, burst: 1 }
    const [one, other] = [createRequestBudget(rate), createRequestBudget(rate)]
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    let given = 0
    const waiting = Promise.allSettled(Array.from({ length: 200 }, async () => one.take(key, 'bulk', stop.signal).then(() => (given += 1))))
    await eventually('slots are reserved ahead', () => given >= 2)

    await other.pause(key, 60_000)
    const before = given
    await sleep(1000)

    expect(given - before).to.be.below(7)
    stop.abort()
    await waiting
  })

  it('releases its reservations if the process was suspended', async () => {
    const budget = createRequestBudget({ requestsPerSecond: 10, burst: 1 })
    const grants: number[] = []
    const waiting = Array.from({ length: 8 }, async () => budget.take(key, 'bulk').then(() => grants.push(performance.now())))
    await eventually('slots are reserved ahead', () => grants.length >= 2)

    const goesOnAt = performance.now() + 1700
    while (performance.now() < goesOnAt);
    await Promise.all(waiting)

    expect(grants.filter((at) => at >= goesOnAt && at < goesOnAt + 50).length).to.be.at.most(2)
  })

  it('gives every process a turn', async () => {
    const budgets = Array.from({ length: 4 }, () => createRequestBudget({ requestsPerSecond: 40, burst: 1 }))
    const takers = [...budgets, ...budgets]
    const turns: RequestBudget[] = []
    const takeOn = async (budget: RequestBudget): Promise<void> => {
      while (turns.length < 40) {
        await budget.take(key, 'interactive')
        turns.push(budget)
      }
    }

    await Promise.all(takers.map(takeOn))

    for (const budget of budgets) expect(turns.filter((one) => one === budget).length).to.be.above(4)
  })

  it('serves the callers within a process in order of arrival', async () => {
    const budget = createRequestBudget({ requestsPerSecond: 100, burst: 1 })
    const served: number[] = []

    await Promise.all(Array.from({ length: 6 }, async (_, place) => budget.take(key, 'webhook').then(() => served.push(place))))

    expect(served).to.deep.equal([0, 1, 2, 3, 4, 5])
  })

  it('serves interactive calls before webhooks and bulk before a sync, but lets none wait forever', async () => {
    const budget = createRequestBudget({ requestsPerSecond: 100, burst: 1 })
    const served: Lane[] = []
    const line = (lane: Lane, count: number): Promise<unknown>[] =>
      Array.from({ length: count }, async () => budget.take(key, lane).then(() => served.push(lane)))

    await Promise.all([...line('webhook', 3), ...line('interactive', 16), ...line('sync', 2), ...line('bulk', 6)])

    const foreground = served.filter((lane) => lane === 'interactive' || lane === 'webhook')
    const background = served.filter((lane) => lane === 'bulk' || lane === 'sync')
    expect(foreground.slice(0, 12).filter((lane) => lane === 'interactive').length).to.be.within(8, 10)
    expect(foreground.indexOf('interactive')).to.be.at.most(1)
    expect(background.slice(0, 6).filter((lane) => lane === 'bulk').length).to.be.within(4, 5)
  })

  it('keeps a share for background work while interactive calls take everything else', async () => {
    const rate = { requestsPerSecond: 60, burst: 12 }
    const [one, other] = [createRequestBudget(rate), createRequestBudget(rate)]
    const stop = new AbortController()
    let inBackground = 0
    const background = (async () => {
      for (;;) await one.take(key, 'bulk', stop.signal).then(() => (inBackground += 1))
    })()
    const ended = background.catch(() => undefined)

    const grants = await takeFor([one, other], 2000)
    stop.abort(new Error('over'))
    await ended

    expect(inBackground / (grants.length + inBackground)).to.be.within(0.13, 0.4)
  })

  it('reserves the last ten of the burst for foreground calls', async () => {
    const budget = createRequestBudget({ requestsPerSecond: 0.1, burst: 12 })
    const stop = new AbortController()
    let given = 0
    const inBackground = async (): Promise<void> => budget.take(key, 'sync', stop.signal).then(() => void (given += 1))
    const background = Promise.allSettled(Array.from({ length: 8 }, inBackground))
    await eventually('what the background may take is taken', () => given >= 2)
    await sleep(150)
    expect(given).to.be.below(8)
    expect(await timeToTake(budget, 'interactive', 8)).to.be.below(10_000)
    stop.abort()
    await background
  })

  it('continues background work while nobody else waits', async () => {
    expect(await timeToTake(createRequestBudget({ requestsPerSecond: 20, burst: 12 }), 'bulk', 5)).to.be.within(100, 5000)
  })

  it('pauses one credential for all processes, and then allows no burst', async () => {
    const rate = { requestsPerSecond: 20, burst: 10 }
    const [one, other] = [createRequestBudget(rate), createRequestBudget(rate)]
    await one.take(key, 'interactive')
    const startedAt = performance.now()

    await one.pause(key, 400)
    await other.take(key, 'interactive')

    expect(performance.now() - startedAt).to.be.within(350, 5000)
    await timeToTake(other, 'interactive', 3)
    expect(performance.now() - startedAt).to.be.above(500)
    expect((await other.describe(`${key}-another`)).pausedUntil).to.equal(null)
  })

  it('holds back callers who were already waiting for their turn when the pause came', async () => {
    const rate = { requestsPerSecond: 1, burst: 1 }
    const [one, other] = [createRequestBudget(rate), createRequestBudget(rate)]
    await one.take(key, 'interactive')
    const waiting = one.take(key, 'interactive')
    await sleep(50)
    const startedAt = performance.now()

    await other.pause(key, 1300)
    await waiting

    expect(performance.now() - startedAt).to.be.above(1250)
  })

  it('pauses processes with a different burst as well', async () => {
    const startedAt = performance.now()
    await createRequestBudget({ requestsPerSecond: 20, burst: 1 }).pause(key, 600)

    await createRequestBudget({ requestsPerSecond: 20, burst: 15 }).take(key, 'interactive')

    expect(performance.now() - startedAt).to.be.above(550)
  })

  it('never shortens a pause', async () => {
    const budget = createRequestBudget({ requestsPerSecond: 20, burst: 10 })

    await budget.pause(key, 60_000)
    const { pausedUntil } = await budget.describe(key)
    await budget.pause(key, 1)

    expect((await budget.describe(key)).pausedUntil).to.deep.equal(pausedUntil)
    expect(pausedUntil).not.to.equal(null)
  })

  it('drops callers who no longer wait, and does not delay the next', async () => {
    const budget = createRequestBudget({ requestsPerSecond: 1, burst: 1 })
    await budget.take(key, 'interactive')
    const stop = new AbortController()
    const sleeping = budget.take(key, 'interactive', stop.signal)
    const queued = budget.take(key, 'interactive', stop.signal)
    const staying = timeToTake(budget)
    await sleep(20)

    stop.abort(new Error('the export was canceled'))

    for (const one of [sleeping, queued, budget.take(key, 'interactive', stop.signal)]) {
      expect((await rejection(one)).message).to.equal('the export was canceled')
    }
    expect(await staying).to.be.within(100, 5000)
  })

  it('reports what is left, what was used, and how often Lever answered 429', async () => {
    const budget = createRequestBudget({ requestsPerSecond: 0.001, burst: 5 })
    expect(await budget.describe(key)).to.deep.equal({
      perSecond: 0.001,
      burst: 5,
      available: 5,
      pausedUntil: null,
      usedLastHour: 0,
      throttled: 0,
      minutes: [],
    })
    for (let taken = 0; taken < 3; taken++) await budget.take(key, 'interactive')

    expect(await budget.describe(key)).to.include({ available: 2, usedLastHour: 3, throttled: 0 })
    await budget.pause(key, 60_000)
    const paused = await budget.describe(key)

    expect(paused).to.include({ available: 0, usedLastHour: 3, throttled: 1 })
    expect(Number(paused.pausedUntil) - Date.now()).to.be.within(50_000, 61_000)
    expect(paused.minutes.reduce((sum, { used }) => sum + used, 0)).to.equal(3)
    expect(Math.abs(Date.now() - Number(paused.minutes.at(-1)?.at))).to.be.below(120_000)
  })

  it('forgets minutes older than an hour', async () => {
    const budget = createRequestBudget({ requestsPerSecond: 100, burst: 5 })
    await budget.take(key, 'interactive')
    const now = Math.floor(Date.now() / 60_000)
    const minutes = [
      { minute: now - 61, used: 100, throttled: 7 },
      { minute: now - 30, used: 10, throttled: 1 },
    ]
    await LeverBudgetModel.updateOne({ _id: key }, { minutes })

    expect(await budget.describe(key)).to.include({ usedLastHour: 10, throttled: 1 })
    await budget.take(key, 'interactive')

    expect(await budget.describe(key)).to.include({ usedLastHour: 11, throttled: 1 })
    expect((await LeverBudgetModel.findById(key).lean())?.minutes).to.have.length(2)
  })
})
