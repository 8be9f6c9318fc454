import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { Types } from 'mongoose'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import { endQuietTime, newConversation, send, WITH_CONVERSATIONS } from '../conversations/conversation-world.ts'
import { eventually } from '../support/eventually.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { exportAndWait, startService, type Api, type ExportAnswer, type ServiceForTests } from '../support/service.ts'
import { addPerson, inputOf, receiptComes, tracesOf, type PersonInTest } from './erasure-world.ts'

describe('the opportunity of an erased person', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let organization: Types.ObjectId

  before(async () => {
    service = await startService(QUICK_TIMES)
    await service.lever.settings({ rateLimit: { enabled: false } })
    ;({ api } = await service.connected(WITH_CONVERSATIONS))
  })
  after(() => service.stop())

  async function erasedInLever(): Promise<{ person: PersonInTest; exported: ExportAnswer; opportunityId: string }> {
    const person = await addPerson(api)
    const exported = await exportAndWait(api, { candidateId: person.id })
    await api.delete(`candidates/${person.id}`)
    await receiptComes(api, person)
    organization = (await ExportModel.findById(exported.id).orFail()).organization
    return { person, exported, opportunityId: exported.opportunityId ?? '' }
  }

  const anOpportunity = async (contactId: string | null): Promise<string> => {
    const leverId = randomUUID()
    await LeverOpportunityModel.create({ organization, leverId, contactId, readAt: new Date() })
    return leverId
  }

  it('accepts no message, and nothing of one is stored', async () => {
    const { person, opportunityId } = await erasedInLever()
    const talk = newConversation()

    const { status, body } = await send(api, talk, {
      opportunityId,
      body: `Here is ${person.email}`,
      direction: 'inbound',
      author: person.name,
    })

    expect([status, (body as unknown as { code: string }).code]).to.deep.equal([409, 'erased'])
    expect([await tracesOf(person), await ConversationModel.exists({ externalId: talk })]).to.deep.equal([[], null])
  })

  it('blocks messages about other opportunities of the contact, but not about other people', async () => {
    const { person, exported } = await erasedInLever()
    const { contactId } = await ExportModel.findById(exported.id).orFail()

    const other = await send(api, newConversation(), { opportunityId: await anOpportunity(contactId ?? ''), body: person.email })
    const stranger = await send(api, newConversation(), { opportunityId: await anOpportunity(randomUUID()) })

    expect([other.status, stranger.status]).to.deep.equal([409, 202])
    expect(await tracesOf(person)).to.deep.equal([])
  })

  it('accepts messages again once the person was entered again and exported', async () => {
    const { person, opportunityId } = await erasedInLever()
    const again = await api.post<{ id: string }>('candidates', { ...inputOf(person), allowErased: true })
    const before = await send(api, newConversation(), { opportunityId })
    const linked = await exportAndWait(api, { candidateId: again.body.id, onDuplicate: 'link' })

    const after = await send(api, newConversation(), { opportunityId })

    expect(linked.opportunityId).to.equal(opportunityId)
    expect([before.status, after.status]).to.deep.equal([409, 202])
  })

  it('gets no note from earlier messages, which are dropped when the opportunity becomes known', async () => {
    const { exported } = await erasedInLever()
    const { opportunityId } = await exportAndWait(api, { candidateId: (await addPerson(api)).id })
    await ExportModel.updateMany({ opportunityId }, { $set: { opportunityId: null } })
    await CandidateModel.updateMany({ 'lever.opportunityId': opportunityId }, { $set: { lever: null } })
    const talk = newConversation()
    expect((await send(api, talk, { opportunityId, body: 'Hello' })).status).to.equal(202)
    await ExportModel.updateOne({ _id: exported.id }, { $set: { opportunityId } })

    await endQuietTime(talk)
    await eventually('the conversation is gone', async () => (await ConversationModel.exists({ externalId: talk })) === null)

    expect(await service.lever.notesOf(opportunityId ?? '')).to.deep.equal([])
  })
})
