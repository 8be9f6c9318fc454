import { expect } from 'chai'
import type { Document } from 'mongodb'
import { composeParts } from '../../src/compose/parts.ts'
import { readConfig } from '../../src/config.ts'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { MessageModel } from '../../src/conversations/message-model.ts'
import { createLog } from '../../src/log.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { eventually } from '../support/eventually.ts'
import type { Api, ServiceForTests } from '../support/service.ts'
import { endQuietTime, newConversation, noted, notedAtOnce, read, send, startConversationService, textsOf } from './conversation-world.ts'

const NOTES = { method: 'POST', path: '/notes$' }
const LIST = { method: 'GET', path: '/notes$' }

describe('conversations whose note may already be in Lever', () => {
  let service: ServiceForTests
  let api: Api
  let organization: string
  let parts: ReturnType<typeof composeParts>
  let opportunityId: string

  before(async function () {
    this.timeout(60_000)
    service = await startConversationService()
    const connected = await service.connected()
    ;({ api, id: organization } = connected)
    await service.lever.settings({ rateLimit: { enabled: false } })
    parts = composeParts({ ...readConfig(service.env), mongodbUri: service.mongodbUri }, createLog({ level: 'silent' }), () => undefined)
  })
  after(() => service.stop())
  beforeEach(async () => {
    opportunityId = (await service.lever.addOpportunity({ name: 'Iris Quiet' })).id
  })
  afterEach(() => service.lever.clearFaults())

  const texts = async () => textsOf(await service.lever.notesOf(opportunityId))
  const posts = async () =>
    (await service.lever.requests(`/opportunities/${opportunityId}/notes`)).filter(({ method }) => method === 'POST')

  /** What a backup would hold of the conversation; the function restores it, where no worker takes it up before it is marked. */
  async function backup(externalId: string): Promise<() => Promise<void>> {
    const conversation = await ConversationModel.collection.findOne<Document>({ externalId })
    const { _id } = await ConversationModel.findOne({ externalId }).orFail()
    const messages = await MessageModel.collection.find({ conversation: _id }).toArray()
    return async () => {
      await ConversationModel.collection.replaceOne({ _id }, { ...conversation, dueAt: NEVER })
      await MessageModel.collection.deleteMany({ conversation: _id })
      await MessageModel.collection.insertMany(messages)
      await parts.conversations.markRestored()
    }
  }

  it('are looked for part by part after a restore, whether they were started or not', async () => {
    const [whole, begun] = [newConversation(), newConversation()]
    const long = (talk: string) => Promise.all(Array.from({ length: 4 }, (_, at) => send(api, talk, { opportunityId, body: `${talk}-${at} ${'x'.repeat(9000)}` }))) // prettier-ignore
    await long(whole)
    const restoreWhole = await backup(whole)
    await notedAtOnce(api, whole, 2)
    await service.lever.fault({ match: NOTES, kind: 'status', status: 429, after: 1, times: 1000 })
    await long(begun)
    await endQuietTime(begun)
    await eventually('half of it is written', async () => (await read(api, begun)).waitingFor === 'budget', 30_000)
    const restoreBegun = await backup(begun)
    await service.lever.clearFaults()
    await noted(api, begun, 2)
    const before = await service.lever.notesOf(opportunityId)

    await restoreWhole()
    await restoreBegun()

    const found = [await noted(api, whole, 2), await noted(api, begun, 2)].flatMap(({ notes }) => notes.map(({ noteId }) => noteId))
    expect(found).to.have.members(before.map(({ id }) => id))
    expect(await service.lever.notesOf(opportunityId)).to.have.lengthOf(4)
  })

  it('are not written again if Lever does not show the notes for a while', async () => {
    await service.lever.fault({ match: NOTES, kind: 'resetAfter', times: 1 })
    await service.lever.fault({ match: { method: 'GET', path: '/notes$' }, kind: 'status', status: 404, times: 1 })
    const talk = newConversation()
    await send(api, talk, { opportunityId, body: 'only once' })

    await notedAtOnce(api, talk)

    expect(await texts()).to.have.lengthOf(1)
  })

  it('are written if Lever has none, at the end of their quiet time, with messages that arrived since', async () => {
    const talk = newConversation()
    await send(api, talk, { opportunityId, body: 'before the restore' })
    await parts.conversations.markRestored()
    const due = Date.parse((await send(api, talk, { opportunityId, body: 'after it' })).body.noteDueAt ?? '')

    const { notes } = await noted(api, talk)

    expect(notes.map(({ messages }) => messages)).to.deep.equal([2])
    expect(Date.parse(notes[0]?.writtenAt ?? '')).to.be.at.least(due - 1000)
    expect(await texts()).to.have.lengthOf(1)
    const lists = (await service.lever.requests(`/opportunities/${opportunityId}/notes`)).filter(({ method }) => method === 'GET')
    expect(lists.length).to.be.at.least(3)
  })

  it('are not sent again if Lever does not show them, until a person requests it', async () => {
    await service.lever.fault({ match: LIST, kind: 'status', status: 403, times: 1000 })
    await service.lever.fault({ match: NOTES, kind: 'resetBefore' })
    const talk = newConversation()
    await send(api, talk, { opportunityId })
    await endQuietTime(talk)
    await eventually('nobody can tell', async () => (await read(api, talk)).error?.code === 'outcome_unknown', 30_000)
    expect(await posts()).to.have.lengthOf(1)
    const { error } = (await send(api, talk, { opportunityId, body: 'goes into a note of its own' })).body
    expect(error).to.equal(null)
    await endQuietTime(talk)
    await eventually('nobody can tell', async () => (await read(api, talk)).error?.code === 'outcome_unknown', 30_000)
    expect(await posts()).to.have.lengthOf(1)

    const { _id } = await ConversationModel.findOne({ externalId: talk }).orFail()
    await parts.conversations.writeNow(organization, String(_id), { clearance: 'all', person: null })

    expect((await noted(api, talk, 2)).notes.map(({ messages }) => messages)).to.deep.equal([1, 1])
    expect(await texts()).to.have.lengthOf(2)
  })

  it('are never sent again while a secret note may be hidden from us', async () => {
    await api.patch('connection/settings', { noteSecret: true })
    await service.lever.fault({ match: NOTES, kind: 'resetBefore' })
    const talk = newConversation()
    await send(api, talk, { opportunityId })
    await endQuietTime(talk)

    await eventually('nobody can tell', async () => (await read(api, talk)).error?.code === 'outcome_unknown', 30_000)

    expect(await posts()).to.have.lengthOf(1)
    await api.patch('connection/settings', { noteSecret: false })
  })
})
