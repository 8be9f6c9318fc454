import { expect } from 'chai'
import { useFakeTimers } from 'sinon'
import { cachedFor } from '../../src/operators/cached-for.ts'

describe('a cached reading', () => {
  it('rests for a multiple of the time that it took, if that is longer', async () => {
    const clock = useFakeTimers({ toFake: ['performance'] })
    try {
      let reads = 0
      const read = cachedFor(
        1000,
        async () => {
          reads += 1
          clock.tick(reads === 1 ? 50 : 0)
          return reads
        },
        { restFactor: 100 },
      )

      const values = [await read()]
      clock.tick(4900)
      values.push(await read())
      clock.tick(100)
      values.push(await read())
      clock.tick(999)
      values.push(await read())
      clock.tick(1)
      values.push(await read())

      expect(values).to.deep.equal([1, 1, 2, 2, 3])
    } finally {
      clock.restore()
    }
  })
})
