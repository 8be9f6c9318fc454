import { expect } from 'chai'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { MessageModel } from '../../src/conversations/message-model.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN } from '../support/lever.ts'
import { exportAndWait, SOURCER, type Api, type ServiceForTests } from '../support/service.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { searchEverywhere } from '../erasure/search-everywhere.ts'
import { DELAY_MS, endQuietTime, message, newCandidate, newConversation, noted, notedAtOnce, read, send, startConversationService, textsOf, type Conversation } from './conversation-world.ts' // prettier-ignore

describe('conversations', () => {
  let service: ServiceForTests
  let api: Api
  let opportunityId: string

  before(async function () {
    this.timeout(60_000)
    service = await startConversationService()
    api = (await service.connected()).api
    await service.lever.settings({ rateLimit: { enabled: false } })
  })
  after(() => service.stop())
  beforeEach(async () => {
    opportunityId = (await service.lever.addOpportunity({ name: 'Iris Quiet' })).id
  })
  afterEach(async () => {
    await service.lever.clearFaults()
    await api.patch('connection/settings', {
      noteMode: 'perPause', noteSecret: false, noteLanguage: 'en', noteTimeZone: 'UTC', performAsFallback: null,
    }) // prettier-ignore
  })

  /** The calls that write notes of this test. */
  const notes = () => ({ method: 'POST', path: `/opportunities/${opportunityId}/notes$` })
  const notesIn = (id = opportunityId) => service.lever.notesOf(id)
  const userId = async (email: string) => {
    const { body } = await api.get<{ data: { id: string; email: string }[] }>('lever/users?limit=100')
    return body.data.find((user) => user.email === email)?.id
  }

  it('store a message once, and refuse one that names nobody or somebody else', async () => {
    const talk = newConversation()
    const first = message({ opportunityId })
    const accepted = await api.post<Conversation>(`conversations/${talk}/messages`, first)
    const again = await api.post<Conversation>(`conversations/${talk}/messages`, first)
    const edited = await api.post(`conversations/${talk}/messages`, { ...first, body: 'edited' })
    const { id } = await newCandidate(api)
    const [unknown, other, both, none] = await Promise.all([
      send(api, newConversation(), { candidateId: '0'.repeat(24) }),
      send(api, talk, { opportunityId: 'another' }),
      send(api, talk, { opportunityId, candidateId: id }),
      send(api, talk, {}),
    ])

    expect(accepted.status).to.equal(202)
    expect(accepted.body).to.include({ externalId: talk, opportunityId, candidateId: null, messages: 1, status: 'due' })
    expect(again.status).to.equal(202)
    expect(again.body).to.deep.equal(accepted.body)
    expect(edited.status).to.equal(409)
    expect(edited.body).to.include({ code: 'state_conflict' })
    expect(unknown).to.deep.include({ status: 422 })
    expect(unknown.body).to.include({ code: 'candidate_not_found' })
    expect([other.status, both.status, none.status]).to.deep.equal([409, 422, 422])
    expect((await api.get(`conversations/${newConversation()}`)).status).to.equal(404)
    await notedAtOnce(api, talk)
    expect(textsOf(await notesIn())[0])
      .to.include(String(first['body']))
      .and.not.include('edited')
  })

  it('become one note after a quiet time, as the mapped person, grouped by day in the organization’s time zone and language', async () => {
    await api.patch('connection/settings', { noteLanguage: 'es', noteTimeZone: 'America/New_York' })
    const { id, name, email } = await newCandidate(api)
    const { opportunityId: exported } = await exportAndWait(api, { candidateId: id })
    const talk = newConversation()
    await send(api, talk, { candidateId: id, body: 'Hello there', sentAt: '2026-03-02T04:30:00Z', channel: 'sms' })
    const sent = [Date.now()]
    const last = await send(api, talk, {
      candidateId: id,
      direction: 'inbound',
      author: email,
      body: 'Hi @bo',
      sentAt: '2026-03-02T15:05:00Z',
    })
    sent.push(Date.now())
    const due = Date.parse(last.body.noteDueAt ?? '')

    const conversation = await noted(api, talk)

    expect(due - DELAY_MS).to.be.within((sent[0] ?? 0) - 1000, (sent[1] ?? 0) + 1000)
    const [note, ...others] = await notesIn(exported ?? '')
    expect(others).to.deep.equal([])
    expect(conversation).to.deep.include({ candidateId: id, opportunityId: exported, messages: 2, noteDueAt: null })
    expect(conversation.notes).to.have.lengthOf(1)
    expect(conversation.notes[0]).to.include({ noteId: note?.id, messages: 2 })
    expect(Date.parse(conversation.notes[0]?.writtenAt ?? '')).to.be.greaterThan(due - 1000)
    expect(note).to.include({ user: await userId(SOURCER), secret: false })
    expect(note?.entries[0]?.value).to.equal(
      [
        `Conversación con ${name}`,
        'Horas: America/New_York',
        '',
        'domingo, 1 de marzo de 2026',
        '23:30 Bo Lindqvist (sms): Hello there',
        '',
        'lunes, 2 de marzo de 2026',
        `10:05 ${name}: Hi @\u2060bo`,
      ].join('\n'),
    )
  })

  it('are delayed by each message, even one with an older time, and start a new note after each pause', async () => {
    const talk = newConversation()
    const due: number[] = []
    for (const sentAt of ['2026-03-02T10:00:00Z', '2026-03-02T09:00:00Z', '2099-01-01T00:00:00Z']) {
      due.push(Date.parse((await send(api, talk, { opportunityId, body: `at ${sentAt}`, sentAt })).body.noteDueAt ?? ''))
    }
    const first = await noted(api, talk)
    await send(api, talk, { opportunityId, body: 'much later' })
    const second = await notedAtOnce(api, talk, 2)

    expect(due.toSorted((a, b) => a - b)).to.deep.equal(due)
    expect(Date.parse(first.notes[0]?.writtenAt ?? '')).to.be.greaterThan((due.at(-1) ?? 0) - 1000)
    expect(second.notes.map(({ messages }) => messages)).to.deep.equal([3, 1])
    const [one = '', two = ''] = textsOf(await notesIn())
    expect(one.indexOf('at 2026-03-02T09')).to.be.lessThan(one.indexOf('at 2026-03-02T10'))
    expect(one.indexOf('at 2099')).to.be.greaterThan(one.indexOf('at 2026-03-02T10'))
    expect(two).to.include('much later').and.not.include('at 20')
  })

  it('put messages that arrive while a note is being written into another note, after its own quiet time', async () => {
    const talk = newConversation()
    await service.lever.fault({ match: notes(), kind: 'slow', delayMs: 1000 })
    await send(api, talk, { opportunityId, body: 'in time' })
    await endQuietTime(talk)
    await eventually('Lever has the note', async () => (await notesIn()).length === 1, 30_000)

    const { noteDueAt } = (await send(api, talk, { opportunityId, body: 'an instant too late' })).body

    const written = (await noted(api, talk, 2)).notes
    expect(written.map(({ messages }) => messages)).to.deep.equal([1, 1])
    expect(Date.parse(written[1]?.writtenAt ?? '')).to.be.at.least(Date.parse(noteDueAt ?? '') - 1000)
    const [first, second] = textsOf(await notesIn())
    expect(first).to.include('in time').and.not.include('too late')
    expect(second).to.include('too late').and.not.include('in time')
  })

  it('use one secret note that is rewritten in place if so configured, and a new one if somebody deleted it', async () => {
    await api.patch('connection/settings', { noteMode: 'perConversation', noteSecret: true })
    const talk = newConversation()
    await send(api, talk, { opportunityId, body: 'first words' })
    await notedAtOnce(api, talk)
    const [before] = await notesIn()
    await send(api, talk, { opportunityId, body: 'second words' })
    await endQuietTime(talk)
    await eventually('it is rewritten', async () => (await read(api, talk)).notes[0]?.messages === 2)

    const [after, ...others] = await notesIn()
    expect(others).to.deep.equal([])
    expect(after).to.include({ id: before?.id, secret: true })
    expect(after?.entries[0]?.value).to.match(/first words[^]*second words/)
    await service.lever.fault({ match: { method: 'PUT', path: '/notes/' }, kind: 'status', status: 404 })
    await send(api, talk, { opportunityId, body: 'third words' })
    await endQuietTime(talk)
    await eventually('it is written anew', async () => (await read(api, talk)).notes[0]?.messages === 3)
    expect(textsOf(await notesIn()).at(-1)).to.match(/first words[^]*third words/)
    expect((await read(api, talk)).notes).to.have.lengthOf(1)
  })

  it('use the fallback user if the author is not mapped, the integration if there is none, and when Lever refuses both', async () => {
    await api.patch('connection/settings', { performAsFallback: LEVER_ADMIN })
    const write = async (author: string) => {
      const talk = newConversation()
      await send(api, talk, { opportunityId, author })
      await notedAtOnce(api, talk)
      return (await notesIn()).at(-1)?.user
    }

    expect(await write('nobody@x.example')).to.equal(await userId(LEVER_ADMIN))
    await service.lever.fault({ match: notes(), kind: 'status', status: 400, times: 2 })
    expect(await write(SOURCER)).to.equal(null)
    await api.patch('connection/settings', { performAsFallback: null })
    expect(await write('nobody@x.example')).to.equal(null)
  })

  it('wait for an opportunity of the candidate, and use the newest that is not archived', async () => {
    const { id, email } = await newCandidate(api)
    const talk = newConversation()
    await send(api, talk, { candidateId: id })
    await endQuietTime(talk)
    await eventually('it waits', async () => (await read(api, talk)).waitingFor === 'opportunity')
    await send(api, talk, { candidateId: id })
    const { opportunityId: exported } = await exportAndWait(api, { candidateId: id })
    expect((await notedAtOnce(api, talk)).notes).to.have.lengthOf(1)
    expect(await notesIn(exported ?? '')).to.have.lengthOf(1)

    const [newer, newest] = [await service.lever.addOpportunity({ emails: [email] }), await service.lever.addOpportunity({ emails: [email] })] // prettier-ignore
    await service.lever.archive(newest.id)
    await api.post('lever/sync', { resources: ['opportunities'] })
    await eventually('the mirror knows', async () => {
      const { body } = await api.get<{ data: unknown[] }>(`lever/opportunities?candidateId=${id}&archived=true`)
      return body.data.length === 1
    }, 30_000) // prettier-ignore
    await send(api, talk, { candidateId: id })
    await notedAtOnce(api, talk, 2)

    expect(await notesIn(newer.id)).to.have.lengthOf(1)
  })

  it('continue on another opportunity of the candidate if Lever deleted the first, and end if there is none', async () => {
    const { id, email } = await newCandidate(api)
    const { opportunityId: first } = await exportAndWait(api, { candidateId: id })
    const other = await service.lever.addOpportunity({ emails: [email] })
    await service.lever.archive(other.id)
    await api.post('lever/sync', { resources: ['opportunities'] })
    await eventually('the mirror knows', async () => {
      const { body } = await api.get<{ data: unknown[] }>(`lever/opportunities?candidateId=${id}&archived=true`)
      return body.data.length === 1
    }, 30_000) // prettier-ignore
    await service.lever.deleteOpportunity(first ?? '')
    const talk = newConversation()
    await send(api, talk, { candidateId: id, body: 'a word like quuxword' })
    await notedAtOnce(api, talk)
    expect(textsOf(await notesIn(other.id)).at(-1)).to.include('quuxword')

    await service.lever.deleteOpportunity(other.id)
    await send(api, talk, { candidateId: id, body: 'and another, xyzzyword' })
    await endQuietTime(talk)

    await eventually('it has ended', async () => (await read(api, talk)).error?.code === 'opportunity_deleted', 30_000)
    await eventually('nothing of it is left', async () => (await searchEverywhere('xyzzyword', 'quuxword')).length === 0)
  })

  it('end when their opportunity is deleted in Lever, keep no text, and start again with a new message', async () => {
    const talk = newConversation()
    await send(api, talk, { opportunityId, body: 'a word like zyxwordabc' })
    await service.lever.deleteOpportunity(opportunityId)
    await endQuietTime(talk)

    await eventually('it has ended', async () => (await read(api, talk)).error?.code === 'opportunity_deleted', 30_000)

    await eventually('nothing of it is left', async () => (await searchEverywhere('zyxwordabc')).length === 0)
    expect(await read(api, talk)).to.deep.include({ status: 'failed', noteDueAt: null, notes: [] })
    const tries = await service.lever.requests(`/opportunities/${opportunityId}/notes`)
    expect(tries.length).to.be.within(0, 2)
    expect((await send(api, talk, { opportunityId })).body).to.include({ status: 'due', error: null })
  })

  it('wait, with growing intervals, for an opportunity that Lever does not show', async () => {
    const talk = newConversation()
    await send(api, talk, { opportunityId: 'not-there-yet' })
    await endQuietTime(talk)

    await eventually('it waits', async () => (await read(api, talk)).waitingFor === 'opportunity', 30_000)

    const stored = await ConversationModel.findOne({ externalId: talk }).orFail()
    expect(stored.dueAt.getTime() - Date.now()).to.be.greaterThan(30_000)
    expect(await service.lever.requests('/opportunities/not-there-yet/notes')).to.have.lengthOf(1)
  })

  it('write the note of a merged contact and a note on an archived opportunity', async () => {
    const other = await service.lever.addOpportunity({ name: 'Iris Quiet' })
    await service.lever.mergeContacts(opportunityId, other.id)
    await service.lever.archive(opportunityId)
    const talk = newConversation()
    await send(api, talk, { opportunityId })

    await notedAtOnce(api, talk)

    expect(await notesIn()).to.have.lengthOf(1)
  })

  it('split long text into numbered notes, with each message in one of them', async () => {
    const talk = newConversation()
    await send(api, talk, { opportunityId, body: 'the first' })
    const { _id: conversation, organization } = await ConversationModel.findOne({ externalId: talk }).orFail()
    const fields = { organization, conversation, direction: 'outbound', author: SOURCER, channel: null }
    const bulk = Array.from({ length: 9999 }, (_, at) => ({
      ...fields, seq: at + 2, messageId: `bulk-${at}`, body: `word-${at} ${'x'.repeat(40)}`, sentAt: new Date(1_760_000_000_000 + at * 60_000),
    })) // prettier-ignore
    await ConversationModel.updateOne({ _id: conversation }, { $set: { dueAt: NEVER } })
    await MessageModel.collection.insertMany(bulk)
    await ConversationModel.updateOne({ _id: conversation }, { $set: { lastSeq: 10_000, noteDueAt: new Date(), dueAt: new Date() } })

    const { notes: written, messages } = await eventually('all is noted', async () => {
      const now = await read(api, talk)
      return now.status === 'noted' && now.messages === 10_000 ? now : null
    }, 60_000) // prettier-ignore

    const texts = textsOf(await notesIn())
    expect(messages).to.equal(10_000)
    expect(written.reduce((sum, note) => sum + note.messages, 0)).to.equal(10_000)
    expect(texts).to.have.lengthOf(written.length)
    expect(texts.every((text) => text.length <= 20_000)).to.equal(true)
    expect(texts[1]).to.match(new RegExp(`^Conversation, part 2 of ${texts.length}\n`))
    const told = texts.flatMap((text) => [...text.matchAll(/word-(\d+) /g)].map(([, at]) => Number(at)))
    expect(told.toSorted((a, b) => a - b)).to.deep.equal(bulk.map((_, at) => at))
  })

  it('are deleted with their candidate', async () => {
    const { id } = await newCandidate(api)
    const talk = newConversation()
    await send(api, talk, { candidateId: id, body: 'remember qwertyword' })

    await api.delete(`candidates/${id}`)

    await eventually('it is gone', async () => (await api.get(`conversations/${talk}`)).status === 404)
    expect(await searchEverywhere('qwertyword', talk)).to.deep.equal([])
  })

  it('are not written by a pending worker once the candidate is erased', async () => {
    const { id } = await newCandidate(api)
    const { opportunityId: target } = await exportAndWait(api, { candidateId: id })
    const theirs = `/opportunities/${target}/notes$`
    await service.lever.fault({ match: { method: 'POST', path: theirs }, kind: 'resetBefore' })
    await service.lever.fault({ match: { method: 'GET', path: theirs }, kind: 'slow', delayMs: 600_000, after: 2, times: 1 })
    const talk = newConversation()
    await send(api, talk, { candidateId: id, body: 'never to be told' })
    await endQuietTime(talk)
    const isLookedForAgain = async () => {
      const found = await ConversationModel.findOne({ externalId: talk }).lean()
      return found?.pending?.looks === 2 && found.claim !== null
    }
    await eventually('it is looked for the last time', isLookedForAgain, 30_000)

    await api.delete(`candidates/${id}`)
    await service.lever.clearFaults()
    await exportAndWait(api, { candidateId: (await newCandidate(api)).id }) // takes longer than the next step of that worker

    expect(await notesIn(target ?? '')).to.deep.equal([])
    await eventually('it is gone', async () => (await api.get(`conversations/${talk}`)).status === 404, 30_000)
  }).timeout(60_000)

  it('are written once if responses are lost, and wait while the connection is paused', async () => {
    const lost = newConversation()
    await service.lever.fault({ match: notes(), kind: 'resetAfter' })
    await send(api, lost, { opportunityId, body: 'written, answer lost' })
    await notedAtOnce(api, lost)
    expect(await notesIn()).to.have.lengthOf(1)

    const never = newConversation()
    await service.lever.fault({ match: notes(), kind: 'resetBefore' })
    await send(api, never, { opportunityId, body: 'lost on the way' })
    await notedAtOnce(api, never)
    expect(textsOf(await notesIn()).filter((text) => text.includes('lost on the way'))).to.have.lengthOf(1)

    await api.post('connection/pause')
    const held = newConversation()
    await send(api, held, { opportunityId, body: 'while paused' })
    await endQuietTime(held)
    await eventually('it is held', async () => (await read(api, held)).waitingFor === 'paused', 30_000)
    await api.post('connection/activate')
    await notedAtOnce(api, held)
    expect(await notesIn()).to.have.lengthOf(3)
  })
})
