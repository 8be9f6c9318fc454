import { expect } from 'chai'
import { restore, useFakeTimers, type SinonFakeTimers } from 'sinon'
import { keepBriefly } from '../../src/concurrency/keep-briefly.ts'

describe('keeping reads briefly', () => {
  let clock: SinonFakeTimers
  let reads: string[]
  let answer: (key: string) => Promise<string | null>

  beforeEach(() => {
    clock = useFakeTimers({ toFake: ['performance'] })
    reads = []
    answer = async (key) => `${key}${reads.length}`
  })
  afterEach(() => restore())

  const keeping = () =>
    keepBriefly(async (key) => {
      reads.push(key)
      return answer(key)
    }, 1000)

  it('reads each key once within the time, and again after it', async () => {
    const kept = keeping()

    expect([await kept.read('a'), await kept.read('b'), await kept.read('a')]).to.deep.equal(['a1', 'b2', 'a1'])
    clock.tick(999)
    expect(await kept.read('a')).to.equal('a1')
    clock.tick(1)
    expect(await kept.read('a')).to.equal('a3')
  })

  it('reads again after a change, also if the change came during a read', async () => {
    const kept = keeping()
    await kept.read('a')
    kept.forget()
    let finish: (value: string) => void = () => {}
    answer = async () => new Promise((resolve) => (finish = resolve))
    const during = kept.read('a')
    kept.forget()
    finish('old')
    answer = async () => 'new'

    expect([await during, await kept.read('a')]).to.deep.equal(['old', 'new'])
  })

  it('keeps neither null nor errors', async () => {
    const kept = keeping()
    answer = async () => null
    await kept.read('a')
    answer = async () => Promise.reject(new Error('down'))
    await kept.read('a').catch(() => null)
    answer = async () => 'found'

    expect(await kept.read('a')).to.equal('found')
    expect(reads).to.have.length(3)
  })

  it('holds at most a thousand', async () => {
    const kept = keeping()
    for (let index = 0; index < 1000; index += 1) await kept.read(String(index))
    await kept.read('0')
    expect(reads).to.have.length(1000)
    await kept.read('more')
    await kept.read('0')
    expect(reads).to.have.length(1002)
  })
})
