import { expect } from 'chai'
import { oneAhead } from '../../src/candidates/run-import.ts'
import { rejection } from '../support/rejection.ts'

describe('one ahead', () => {
  let made: number
  let ended: boolean

  async function* source(items: number, fault?: Error): AsyncGenerator<number> {
    try {
      for (let at = 1; at <= items; at += 1) yield (made = at)
      if (fault) throw fault
    } finally {
      ended = true
    }
  }
  beforeEach(() => {
    made = 0
    ended = false
  })

  it('yields the same items in order, and computes the next one in parallel', async () => {
    const seen: [item: number, made: number][] = []
    for await (const item of oneAhead(source(3))) {
      await Promise.resolve()
      seen.push([item, made])
    }

    expect(seen).to.deep.equal([[1, 2], [2, 3], [3, 3]]) // prettier-ignore
    expect(ended).to.equal(true)
  })

  it('throws the error of the source after the last item, not before', async () => {
    const seen: number[] = []
    const thrown = await rejection(
      (async () => {
        for await (const item of oneAhead(source(2, new Error('broken')))) seen.push(item)
      })(),
    )

    expect([seen, thrown.message]).to.deep.equal([[1, 2], 'broken'])
  })

  it('ends the source when the consumer stops early', async () => {
    for await (const item of oneAhead(source(10))) if (item === 2) break

    expect([made, ended]).to.deep.equal([3, true])
  })
})
