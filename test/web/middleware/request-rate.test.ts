import { expect } from 'chai'
import type { Caller } from '../../../src/accounts/caller.ts'
import type { ServiceError } from '../../../src/errors.ts'
import { createRateGuard, type RateGuard } from '../../../src/web/middleware/request-rate.ts'

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

describe('request rate', () => {
  let now: number
  let guard: RateGuard
  const passed = (caller: Caller, tries: number) => Array.from({ length: tries }).filter(() => refusal(caller) === null).length
  const refusal = (caller: Caller): ServiceError | null => {
    try {
      guard(caller)
      return null
    } catch (error) {
      return error as ServiceError
    }
  }

  beforeEach(() => {
    now = 1_000_000
    guard = createRateGuard(() => now)
  })

  it('lets an API key burst to 1,000 and then go on with 100 a second', () => {
    expect(passed(key, 1200)).to.equal(1000)
    now += 1000
    expect(passed(key, 1200)).to.equal(100)
    now += 60_000
    expect(passed(key, 1200)).to.equal(1000)
  })

  it('lets a person burst to 100 and then go on with 10 a second', () => {
    expect(passed(person('1'), 200)).to.equal(100)
    now += 1000
    expect(passed(person('1'), 200)).to.equal(10)
  })

  it('counts everyone for themselves', () => {
    passed(person('1'), 200)

    expect(passed(person('2'), 1)).to.equal(1)
    expect(passed(key, 1)).to.equal(1)
  })

  it('says when to go on', () => {
    passed(person('1'), 100)

    expect(refusal(person('1'))).to.include({ code: 'too_many_requests', status: 429 })
    expect(refusal(person('1'))?.headers).to.deep.equal({ 'Retry-After': '1' })
  })

  it('forgets whom it need not remember', () => {
    for (let number = 0; number < 12_000; number += 1) {
      now += 1000
      guard(person(String(number)))
    }
    expect(passed(person('1'), 200)).to.equal(100)
  })
})
