import { expect } from 'chai'
import { restore, stub } from 'sinon'
import { composeParts } from '../../src/compose-parts.ts'
import { readConfig } from '../../src/config.ts'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import type { Worker } from '../../src/work/worker.ts'
import { createLog } from '../../src/log.ts'
import { startService, type Api, type ServiceForTests } from '../support/service.ts'
import { newConversation, noted, read, send, textsOf } from './conversation-world.ts'

/** Writes of a worker from the cut to giving the conversation back; killed before and after each. */
const WRITES = 5
const MESSAGES = 4
const BETWEEN_CLOCKS_MS = 100

describe('a conversation whose worker is killed', function () {
  this.timeout(85_000)
  let service: ServiceForTests
  let api: Api
  let parts: ReturnType<typeof composeParts>
  let worker: Worker

  before(async () => {
    const times = { NOTE_DELAY_MS: '800', LEASE_MS: '300', SETTLE_MS: '100', LEVER_TIMEOUT_MS: '1000' }
    service = await startService({ ...times, ROLES: 'web,worker', JOB_POLL_MS: '600000' })
    api = (await service.connected()).api
    const log = createLog({ level: 'silent' })
    parts = composeParts({ ...readConfig(service.env), mongodbUri: service.mongodbUri }, log, () => undefined)
    worker = parts.conversations.startWorker(50)
  })
  after(async () => {
    restore()
    await worker.stop(1000)
    await service.stop()
  })

  /** From its `nth` write on nothing of the worker reaches the database: that one was the last, or is the first that is lost. */
  function killAt(nth: number, when: 'before' | 'after'): { wasKilled: () => boolean } {
    let writes = 0
    const { collection } = ConversationModel
    const guard = (name: 'findOneAndUpdate' | 'updateOne') => {
      const write = collection[name].bind(collection) as (...given: unknown[]) => Promise<unknown>
      stub(collection, name).callsFake((async (...given: unknown[]) => {
        const isHeartbeat = JSON.stringify(given[1]) === JSON.stringify([{ $set: { leaseUntil: { $add: ['$$NOW', 300] } } }])
        if ((given[2] as { session?: unknown } | undefined)?.session || isHeartbeat) return write(...given)
        writes += 1
        if (writes < nth || (writes === nth && when === 'after')) return write(...given)
        throw new Error('killed')
      }) as never)
    }
    guard('findOneAndUpdate')
    guard('updateOne')
    return { wasKilled: () => writes >= nth }
  }

  it('has each of its 40 messages in exactly one of the right notes, none of them early', async () => {
    const { id: opportunityId } = await service.lever.addOpportunity({ name: 'Iris Quiet' })
    const talk = newConversation()
    for (let note = 0; note < 2 * WRITES; note += 1) {
      const [nth, when] = [Math.floor(note / 2) + 1, note % 2 === 0 ? 'before' : 'after'] as const
      await worker.stop(1000)
      const { wasKilled } = killAt(nth, when)
      let dueAt = ''
      for (let at = 0; at < MESSAGES; at += 1)
        dueAt = (await send(api, talk, { opportunityId, body: `burst ${note} message ${at};` })).body.noteDueAt ?? ''
      const doomed = parts.conversations.startWorker(50)
      while (!wasKilled()) await new Promise((resolve) => setTimeout(resolve, 20))
      await doomed.stop(2000)
      restore()
      worker = parts.conversations.startWorker(50)

      const { notes } = await noted(api, talk, note + 1)

      expect(notes, `killed ${when} write ${nth}`).to.have.lengthOf(note + 1)
      expect(notes.at(-1)?.messages).to.equal(MESSAGES)
      expect(Date.parse(notes.at(-1)?.writtenAt ?? '')).to.be.at.least(Date.parse(dueAt) - BETWEEN_CLOCKS_MS)
    }

    const texts = textsOf(await service.lever.notesOf(opportunityId))
    expect(texts).to.have.lengthOf(2 * WRITES)
    const told = texts.flatMap((text) => [...text.matchAll(/burst \d+ message \d;/g)].map(([words]) => words))
    expect(told).to.have.lengthOf(40)
    expect(new Set(told).size).to.equal(40)
    expect((await read(api, talk)).messages).to.equal(40)
  })
})
