import { expect } from 'chai'
import type { Caller } from '../../../src/accounts/caller.ts'
import { isServiceError } from '../../../src/errors.ts'
import { createRateGuard, type RateGuard } from '../../../src/web/shell/request-rate.ts'
import { RequestRateModel } from '../../../src/web/shell/request-rate-model.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'

const person = (personId: string): Caller => ({
  kind: 'person',
  organization: 'o',
  personId,
  email: 'a@x.io',
  name: 'A',
  role: 'admin',
  sessionId: 's',
})
const key: Caller = { kind: 'apiKey', organization: 'o', keyId: 'k', access: 'full' }

describe('request rate across processes', () => {
  /** One guard for each process. */
  let guards: RateGuard[]

  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    await RequestRateModel.deleteMany()
    guards = [createRateGuard(), createRateGuard(), createRateGuard()]
  })

  /** Alternates between the processes. Returns how many attempts passed, and the allowed excess for the time it took. */
  async function burst(caller: Caller, tries: number, { perSecond, lease }: { perSecond: number; lease: number }) {
    const startedAt = performance.now()
    const outcomes = await Promise.allSettled(Array.from({ length: tries }, async (_, index) => guards[index % guards.length]?.(caller)))
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    const earned = Math.ceil(((performance.now() - startedAt) / 1000) * perSecond)
    return { passed: tries - refused.length, refused, slack: earned + guards.length * lease }
  }

  it('allows an API key a burst of 1,000', async () => {
    const { passed, slack, refused } = await burst(key, 3000, { perSecond: 100, lease: 20 })

    expect(passed).to.be.within(1000 - leasedElsewhere(20), 1000 + slack)
    expect(refused.every((error) => isServiceError(error, 'too_many_requests'))).to.equal(true)
  })

  it('allows a person a burst of 100, and says when to retry', async () => {
    const { passed, slack, refused } = await burst(person('1'), 400, { perSecond: 10, lease: 5 })

    expect(passed).to.be.within(100 - leasedElsewhere(5), 100 + slack)
    expect(refused[0]).to.have.property('headers').that.deep.equals({ 'Retry-After': '1' })
  })

  it('counts each caller separately', async () => {
    await burst(person('1'), 400, { perSecond: 10, lease: 5 })

    await Promise.all(guards.flatMap((guard) => [guard(person('2')), guard(key)]))
  })

  it('continues at the rate once the spent allowance is earned back', async () => {
    await burst(person('1'), 400, { perSecond: 10, lease: 5 })
    guards = [createRateGuard()]
    await RequestRateModel.updateOne({}, [{ $set: { earnedAt: { $subtract: ['$earnedAt', 2000] } } }], { updatePipeline: true })

    const { passed, slack } = await burst(person('1'), 400, { perSecond: 10, lease: 5 })

    expect(passed).to.be.within(20, 20 + slack)
  })

  it('writes once for many requests of a busy caller', async () => {
    const writes = async () => (await RequestRateModel.collection.findOne({ _id: 'apiKey:k' as never }))?.['earnedAt'] as number | undefined
    const [guard] = guards
    await guard?.(key)
    const first = await writes()

    for (let request = 0; request < 19; request += 1) await guard?.(key)

    expect(await writes()).to.equal(first)
  })

  const leasedElsewhere = (lease: number): number => guards.length * lease
})
