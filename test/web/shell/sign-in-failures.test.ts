import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { createSealer } from '../../../src/secrets/sealer.ts'
import { createSignInFailures } from '../../../src/web/shell/sign-in-failures.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'

const AT_ONCE = 25

describe('failed sign-ins', () => {
  const failures = createSignInFailures(createSealer([{ id: 'test', key: randomBytes(32) }]))

  before(connectEmptyDatabase)
  after(leaveDatabase)

  it('never cause a refusal of correct attempts, however many come at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const keys = ['network', `browser ${round}`, 'account']
      const tries = Array.from({ length: AT_ONCE }, () => failures.guard(keys, async () => 'in', () => undefined)) // prettier-ignore

      expect(await Promise.all(tries)).to.deep.equal(Array.from({ length: AT_ONCE }, () => 'in'))
    }
  })

  it('allow ten of many concurrent wrong attempts, and refuse the others', async () => {
    let runs = 0
    const attempt = async (): Promise<null> => {
      runs += 1
      return null
    }
    const tries = Array.from({ length: 100 }, () => failures.guard(['another network', 'another account'], attempt, () => undefined))
    const ends = await Promise.allSettled(tries)

    expect(runs).to.equal(10)
    expect(ends.filter(({ status }) => status === 'rejected')).to.have.length(90)
  })
})
