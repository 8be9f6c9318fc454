import { expect } from 'chai'
import { useFakeTimers, type SinonFakeTimers } from 'sinon'
import { createAlarms } from '../../src/work/alarms.ts'

describe('alarms for waiting work', () => {
  let clock: SinonFakeTimers
  let rung: number[]
  const alarms = () => createAlarms(() => rung.push(performance.now()))

  beforeEach(() => {
    rung = []
    clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  })
  afterEach(() => clock.restore())

  it('ring when work is due, never before, and at most 50 ms late', () => {
    alarms().set(120)

    clock.tick(120)
    const early = [...rung]
    clock.tick(50)

    expect(early).to.deep.equal([])
    expect(rung).to.have.length(1)
  })

  it('ring once for all work that is due at nearly the same time, and again for later work', () => {
    const set = alarms()
    for (const afterMs of [100, 101, 110, 149, 300]) set.set(afterMs)

    clock.tick(1000)

    expect(rung).to.have.length(2)
  })

  it('can be set for the same period again after they rang', () => {
    const set = alarms()
    set.set(10)
    clock.tick(100)
    set.set(10)
    clock.tick(100)

    expect(rung).to.have.length(2)
  })

  it('ignore times more than a minute away', () => {
    alarms().set(60_001)

    clock.tick(120_000)

    expect(rung).to.deep.equal([])
  })

  it('stay silent once cleared', () => {
    const set = alarms()
    set.set(100)
    set.clear()

    clock.tick(1000)

    expect(rung).to.deep.equal([])
  })
})
