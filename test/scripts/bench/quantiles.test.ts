import { expect } from 'chai'
import { isMet } from '../../../scripts/bench/benchmark.ts'
import { median, quantile } from '../../../scripts/bench/quantiles.ts'

describe('benchmark numbers', () => {
  it('include measured quantiles, whatever the order', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)

    expect([0.5, 0.95, 0.99, 1].map((share) => quantile(hundred, share))).to.deep.equal([50, 95, 99, 100])
    expect(quantile([7], 0.5)).to.equal(7)
    expect(quantile([], 0.5)).to.be.NaN
  })

  it('include the median of odd and even numbers of passes', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).to.deep.equal([2, 2.5])
  })

  it('show whether a goal is met, and treat missing measurements as not met', () => {
    const goals = [
      { what: 'more', measured: 0.6, atLeast: 0.6 },
      { what: 'more', measured: 0.59, atLeast: 0.6 },
      { what: 'less', measured: 100, atMost: 100 },
      { what: 'less', measured: 101, atMost: 100 },
      { what: 'unknown', measured: Number.NaN, atMost: 100 },
    ]

    expect(goals.map(isMet)).to.deep.equal([true, false, true, false, false])
  })
})
