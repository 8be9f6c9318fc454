import { expect } from 'chai'
import '../../src/compose/compose.ts'
import { RETIRED_INDEXES, SCHEMA_STEPS } from '../../src/operators/schema-steps.ts'
import { modelIndexes } from '../../src/schema/declared-indexes.ts'

describe('operators/schema steps', () => {
  it('are numbered from 1 without a gap, so that the last number is the version', () => {
    expect(SCHEMA_STEPS.map(({ number }) => number)).to.deep.equal(SCHEMA_STEPS.map((_, index) => index + 1))
  })

  it('retire no index that a model declares, because it would be dropped and built forever', () => {
    const declared = modelIndexes().flatMap(({ collection, indexes }) => indexes.map(({ name }) => `${collection} ${name}`))

    expect(RETIRED_INDEXES.map(({ collection, name }) => `${collection} ${name}`).filter((one) => declared.includes(one))).to.deep.equal([])
  })

  it('retire only indexes of collections that exist', () => {
    const collections = modelIndexes().map(({ collection }) => collection)

    expect(RETIRED_INDEXES.filter(({ collection }) => !collections.includes(collection))).to.deep.equal([])
  })
})
