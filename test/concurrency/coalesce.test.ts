import { expect } from 'chai'
import { useFakeTimers } from 'sinon'
import { coalesceByKey } from '../../src/concurrency/coalesce.ts'
import { UNLIMITED } from '../../src/concurrency/patience.ts'
import { rejection } from '../support/rejection.ts'

describe('coalescing by key', () => {
  it('runs concurrent items of a key together, later ones in the next run, and different keys in parallel', async () => {
    const runs: string[][] = []
    const ends: (() => void)[] = []
    const join = coalesceByKey<string>((items) => {
      runs.push(items)
      return new Promise((resolve) => ends.push(resolve))
    })

    const first = [join('a', 'a1'), join('a', 'a2'), join('b', 'b1')]
    await new Promise(setImmediate)
    const second = [join('a', 'a3'), join('a', 'a4')]
    await new Promise(setImmediate)
    const before = runs.map((items) => items.join())
    ends.forEach((end) => end())
    await Promise.all(first)
    await new Promise(setImmediate)
    ends.forEach((end) => end())
    await Promise.all(second)

    expect(before).to.deep.equal(['a1,a2', 'b1'])
    expect(runs.map((items) => items.join())).to.deep.equal(['a1,a2', 'b1', 'a3,a4'])
  })

  it('gives each caller the result of its run, and executes a lazy query only once', async () => {
    let runs = 0
    const join = coalesceByKey<number, number>(
      (items, key) =>
        ({
          // oxlint-disable-next-line unicorn/no-thenable -- queries of mongoose have it, and run for each call
          then: (resolve: (value: number) => void) => {
            runs += 1
            resolve(items.length + key.length)
          },
        }) as unknown as Promise<number>,
    )

    const results = await Promise.all([join('a', 1), join('a', 2), join('bcd', 3)])

    expect([results, runs]).to.deep.equal([[3, 3, 4], 2])
  })

  it('rejects every caller of a failed run, then runs the next one', async () => {
    const join = coalesceByKey<number>(async ([first]) => {
      if (first === 1) throw new Error('one')
    })

    const failed = await Promise.all([rejection(join('a', 1)), rejection(join('a', 2))])
    await join('a', 3)

    expect(failed.map(({ message }) => message)).to.deep.equal(['one', 'one'])
  })

  it('starts the next run although one hangs, and rejects the callers of that one', async () => {
    const join = coalesceByKey<string, string>(
      (items) => (items.includes('hangs') ? new Promise(() => undefined) : Promise.resolve(items.join())),
      { patienceMs: 20, limitMs: 200 },
    )

    const hanging = rejection(join('a', 'hangs'))
    await new Promise(setImmediate)

    expect(await join('a', 'next')).to.equal('next')
    expect((await hanging).message).to.equal('a shared command did not answer within 0.2 s')
  })

  it('never overlaps runs that are unlimited', async () => {
    const time = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const ends: (() => void)[] = []
      const join = coalesceByKey<number>(() => new Promise((resolve) => ends.push(resolve)), UNLIMITED)

      const runs = [join('a', 1)]
      await new Promise(setImmediate)
      runs.push(join('a', 2))
      await time.tickAsync(3_600_000)
      expect(ends).to.have.length(1)
      ends[0]?.()
      await new Promise(setImmediate)
      ends[1]?.()
      await Promise.all(runs)
    } finally {
      time.restore()
    }
  })
})
