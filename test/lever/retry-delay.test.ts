import { expect } from 'chai'
import { jitteredDelayMs, retryAfterMs } from '../../src/lever/retry-delay.ts'

describe('lever/retry-delay', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')

  it('reads Retry-After in seconds and as a date', () => {
    expect(retryAfterMs('2', now)).to.equal(2000)
    expect(retryAfterMs(' 0.5 ', now)).to.equal(500)
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:07 GMT', now)).to.equal(7000)
  })

  it('caps absurd values, and ignores past or unreadable ones', () => {
    expect(retryAfterMs('86400', now)).to.equal(60_000)
    expect(retryAfterMs('Fri, 01 Jan 2027 00:00:00 GMT', now)).to.equal(60_000)
    for (const header of [undefined, '', '0', '-5', 'soon', 'Thu, 01 Jan 2015 00:00:00 GMT'])
      expect(retryAfterMs(header, now)).to.equal(null)
  })

  it('spreads delays over the whole range, which doubles and ends at eight seconds', () => {
    for (const [attempt, limit] of [
      [0, 100],
      [3, 800],
      [20, 8000],
    ] as const) {
      const delays = Array.from({ length: 500 }, () => jitteredDelayMs(attempt, 100))
      expect(Math.max(...delays)).to.be.within(limit * 0.8, limit)
      expect(Math.min(...delays)).to.be.below(limit * 0.2)
    }
  })
})
