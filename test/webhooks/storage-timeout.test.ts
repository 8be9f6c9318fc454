import { expect } from 'chai'
import { useFakeTimers, type SinonFakeTimers } from 'sinon'
import type { Collection } from 'mongodb'
import { groupInserts } from '../../src/webhooks/insert-grouped.ts'
import { withStorageTimeout } from '../../src/webhooks/storage-timeout.ts'
import { shareReads } from '../../src/concurrency/share-reads.ts'
import { rejection } from '../support/rejection.ts'

const silent = () => new Promise<never>(() => undefined)

describe('a database that does not respond at all', () => {
  let clock: SinonFakeTimers
  beforeEach(() => {
    clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => clock.restore())

  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
  }

  it('times out after eight seconds for a read, and is read again for later callers', async () => {
    let answers = false
    const read = shareReads(async (key: string) => withStorageTimeout(answers ? Promise.resolve(key) : silent()))

    const [first, behind] = [rejection(read('key')), turns().then(() => read('key'))]
    await turns()
    answers = true
    await clock.tickAsync(8000)

    expect(await first).to.include({ code: 'storage_unavailable' })
    expect(await behind).to.equal('key')
  })

  it('times out for a write, and is written to for later callers', async () => {
    let answers = false
    const insertMany = async () => (answers ? {} : silent())
    const insert = groupInserts(() => ({ insertMany }) as unknown as Collection)

    const lost = Array.from({ length: 8 }, async (_, at) => {
      for (let turn = 0; turn < at; turn += 1) await new Promise(setImmediate)
      return rejection(insert({ at }))
    })
    for (let turn = 0; turn < 4; turn += 1) await turns()
    await clock.tickAsync(8000)
    await turns()
    await clock.tickAsync(8000)
    answers = true

    for (const one of await Promise.all(lost)) expect(one).to.include({ code: 'storage_unavailable' })
    expect(await insert({ at: 9 })).to.equal('stored')
  })
})
