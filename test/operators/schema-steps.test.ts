import { expect } from 'chai'
import { SCHEMA_STEPS } from '../../src/operators/schema-steps.ts'

describe('operators/schema steps', () => {
  it('are numbered from 1 without a gap, so that the last number is the version', () => {
    expect(SCHEMA_STEPS.map(({ number }) => number)).to.deep.equal(SCHEMA_STEPS.map((_, index) => index + 1))
  })
})
