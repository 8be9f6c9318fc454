import { expect } from 'chai'
import mongoose from 'mongoose'
import { eventually } from '../support/eventually.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { exportAndWait, newPerson, SOURCER, startService, waitForBatch, type Api, type ServiceForTests } from '../support/service.ts'
import { hashesInMirror, receiptOf } from './erasure-world.ts'

interface Timeline {
  data: { kind: string }[]
}

describe('erasing a person who shares an email address with somebody else', () => {
  let service: ServiceForTests
  let api: Api
  let shared: string
  let tag = 0

  before(async function () {
    this.timeout(60_000)
    service = await startService({ ...QUICK_TIMES, NOTE_DELAY_MS: '3600000' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    api = (await service.connected(['export', 'conversations'])).api
    await api.post('connection/webhooks/provision')
  })
  after(() => service.stop())
  beforeEach(() => {
    tag += 1
    shared = `family-${tag}@shared.example`
  })

  const collection = (name: string) => mongoose.connection.collection(name)
  const own = (name: string) => `${name}-${tag}@own.example`
  async function add(name: string, emails: string[], fields: object = {}): Promise<string> {
    const { body, status } = await api.post<{ id: string }>('candidates', { name, emails, ...fields })
    expect(status, JSON.stringify(body)).to.equal(201)
    return body.id
  }
  async function erase(id: string): Promise<void> {
    expect((await api.delete(`candidates/${id}`)).status).to.equal(204)
    await eventually('the receipt', () => receiptOf(api, { id }))
  }
  async function exported(candidateId: string): Promise<string> {
    return (await exportAndWait(api, { candidateId, onDuplicate: 'create' })).opportunityId ?? ''
  }
  const say = (key: string, whom: object) =>
    api.post(`conversations/${key}/messages`, {
      id: '1',
      direction: 'inbound',
      author: 'A',
      body: key,
      sentAt: new Date().toISOString(),
      ...whom,
    })
  const conversation = async (key: string) => (await api.get(`conversations/${key}`)).status
  const kinds = async (id: string) => (await api.get<Timeline>(`candidates/${id}/timeline`)).body.data.map(({ kind }) => kind)
  const payloadsOf = async (opportunityId: string) =>
    (
      await collection('deliveries')
        .find({ opportunityId, payload: { $exists: true } })
        .toArray()
    ).map(({ payload }) => String(payload))
  async function tell(opportunityId: string, contact: object): Promise<void> {
    const before = (await payloadsOf(opportunityId)).length
    await service.lever.deliver('candidateStageChange', { opportunityId, contact })
    await eventually('it is told', async () => (await payloadsOf(opportunityId)).length > before)
    await eventually('it is processed', async () => !(await collection('deliveries').findOne({ opportunityId, status: 'received' })))
  }
  async function noteIsWritten(key: string, opportunityId: string): Promise<void> {
    await collection('conversations').updateOne({ externalId: key }, { $set: { dueAt: new Date(0), noteDueAt: new Date(0) } })
    await eventually(`${key} is in a note`, async () =>
      (await service.lever.notesOf(opportunityId)).some((note) => JSON.stringify(note).includes(key)),
    )
  }

  it('removes nothing from another candidate: history, payload, and conversations remain, including messages by any author', async () => {
    const ann = await add('Ann Shared', [shared, own('ann')])
    const ben = await add('Ben Shared', [shared, own('ben')])
    const opportunityId = await exported(ben)
    await say(`by-candidate-${tag}`, { candidateId: ben })
    await say(`by-opportunity-${tag}`, { opportunityId })
    await service.lever.moveStage(opportunityId, 'lead-reached-out')
    await tell(opportunityId, { name: 'Ben Shared', emails: [shared] })
    await eventually('the stage is noted', async () => (await kinds(ben)).filter((kind) => kind === 'stage').length === 2)
    const before = { kinds: await kinds(ben), payloads: await payloadsOf(opportunityId) }

    await erase(ann)

    expect({ kinds: await kinds(ben), payloads: await payloadsOf(opportunityId) }).to.deep.equal(before)
    expect(await hashesInMirror(opportunityId)).to.equal(1)
    expect(await conversation(`by-candidate-${tag}`)).to.equal(200)
    expect(await conversation(`by-opportunity-${tag}`)).to.equal(200)
    await noteIsWritten(`by-opportunity-${tag}`, opportunityId)
  })

  it('removes the person’s own data if Lever merged both into one contact, and leaves the rest', async () => {
    const ann = await add('Ann Joined', [shared, own('ann')])
    const ben = await add('Ben Joined', [shared, own('ben')])
    const [annsId, bensId] = [await exported(ann), await exported(ben)]
    await say(`anns-${tag}`, { opportunityId: annsId })
    await say(`bens-${tag}`, { opportunityId: bensId })
    await say(`both-${tag}`, { candidateId: ben })
    await say(`both-${tag}`, { opportunityId: annsId, id: '2' })
    await tell(annsId, { name: 'Lever Says' })
    await tell(bensId, { name: 'Ann Joined' })
    await tell(bensId, { name: 'Ben Joined', emails: [shared] })

    await erase(ann)

    expect([await conversation(`anns-${tag}`), await conversation(`bens-${tag}`)]).to.deep.equal([404, 200])
    expect(await conversation(`both-${tag}`), 'of Ben, as a candidate').to.equal(200)
    expect([await hashesInMirror(annsId), await payloadsOf(annsId)]).to.deep.equal([0, []])
    expect(await hashesInMirror(bensId)).to.be.greaterThan(0)
    const kept = (await payloadsOf(bensId)).join(' ')
    expect(kept).to.contain('Ben Joined').and.not.to.contain('Ann Joined')
    expect(await kinds(ben)).to.include('stage')
    expect(await collection('lever_opportunity_history').countDocuments({ opportunityId: annsId })).to.equal(0)
  })

  it('leaves an opportunity that an export found by the shared address if Lever shows further addresses', async () => {
    const { id: bensId } = await service.lever.addOpportunity({ name: 'Ben Found', emails: [shared, own('ben')] })
    await tell(bensId, { name: 'Ben Found' })
    const ann = await add('Ann Found', [shared])
    expect((await exportAndWait(api, { candidateId: ann })).status).to.equal('duplicate')
    await say(`found-${tag}`, { opportunityId: bensId })
    const payloads = await payloadsOf(bensId)

    await erase(ann)

    expect(payloads).not.to.deep.equal([])
    expect([await conversation(`found-${tag}`), await payloadsOf(bensId)]).to.deep.equal([200, payloads])
  })

  it('includes an opportunity that Lever shows only with their addresses, including former ones', async () => {
    const ann = await add('Ann Alone', [own('old')])
    await api.patch(`candidates/${ann}`, { emails: [shared] })
    const { id } = await service.lever.addOpportunity({ name: 'A. Alone', emails: [shared, own('old')] })
    await tell(id, { name: 'A. Alone' })
    await say(`alone-${tag}`, { opportunityId: id })

    await erase(ann)

    expect([await conversation(`alone-${tag}`), await payloadsOf(id), await hashesInMirror(id)]).to.deep.equal([404, [], 0])
  })

  describe('and later exports', () => {
    const crowd: string[] = []

    before(async () => {
      for (let at = 0; at < 24; at += 1) crowd.push((await api.post<{ id: string }>('candidates', newPerson())).body.id)
    })

    /** Adds opportunities to Lever and sweeps, so that the mirror knows them and has just been updated. */
    async function inLeverByHand(...people: { name: string; emails?: string[]; links?: string[] }[]): Promise<string[]> {
      const ids: string[] = []
      for (const person of people) ids.push((await service.lever.addOpportunity(person)).id)
      await sweep()
      for (const id of ids) expect(await hashesInMirror(id)).to.be.greaterThan(0)
      return ids
    }
    async function sweep(): Promise<void> {
      await collection('lever_opportunity_syncs').updateMany({}, { $unset: { progress: 1 } })
      const since = new Date()
      await eventually('all was read', async () => collection('lever_opportunity_syncs').findOne({ sweptAt: { $ne: null } }), 30_000)
      await api.post('lever/sync', { resources: ['opportunities'] })
      await collection('lever_opportunity_syncs').updateMany({}, { $set: { dueAt: new Date(0) } })
      await eventually('it is swept', async () => collection('lever_opportunity_syncs').findOne({ sweptAt: { $gt: since } }), 30_000)
    }
    async function preview(...candidateIds: string[]): Promise<{ checked: string; duplicates: number[] }> {
      const wish = { candidateIds, requestedBy: SOURCER }
      const { body } = await api.post<{ duplicatesChecked: string; data: { duplicates: unknown[] }[] }>('exports/bulk/preview', wish)
      return { checked: body.duplicatesChecked, duplicates: body.data.map(({ duplicates }) => duplicates.length) }
    }
    async function afterBulk(...candidateIds: string[]): Promise<string[]> {
      const wish = { candidateIds: [...candidateIds, ...crowd], requestedBy: SOURCER }
      const { batchId } = (await api.post<{ batchId: string }>('exports/bulk', wish)).body
      await waitForBatch(api, batchId, 60_000)
      const ends = candidateIds.map((id) => api.get<{ data: { status: string }[] }>(`exports?candidateId=${id}`))
      return (await Promise.all(ends)).map(({ body }) => body.data[0]?.status ?? 'none')
    }

    it('do not duplicate the other person in Lever, recognized by the shared address alone or by another', async () => {
      const [bensId] = await inLeverByHand({ name: 'Ben Two', emails: [shared, own('ben')] }, { name: 'Control', emails: [own('control')] })
      const ann = await add('Ann Two', [shared, own('ann')])

      await erase(ann)

      expect(await hashesInMirror(bensId ?? '')).to.equal(1)
      const ben = await add('Ben Two', [own('ben')])
      const again = await add('Ben Again', [shared], { allowErased: true })
      const control = await add('Control', [own('control')])
      expect(await preview(ben, again, control)).to.deep.equal({ checked: 'no', duplicates: [1, 0, 1] })
      expect(await afterBulk(ben, again, control)).to.deep.equal(['duplicate', 'duplicate', 'duplicate'])
      await sweep()
      expect(await preview(ben, again, control)).to.deep.equal({ checked: 'mirror', duplicates: [1, 1, 1] })
      expect(await service.lever.opportunitiesByEmail(shared)).to.have.length(1)
    }).timeout(90_000)

    it('do not duplicate the erased person, who is entered again', async () => {
      await inLeverByHand({ name: 'Eva Again', emails: [own('eva')] })
      await erase(await add('Eva Again', [own('eva')]))

      const eva = await add('Eva Again', [own('eva')], { allowErased: true })

      expect((await preview(eva)).checked).to.equal('no')
      expect(await afterBulk(eva)).to.deep.equal(['duplicate'])
      expect(await service.lever.opportunitiesByEmail(own('eva'))).to.have.length(1)
    }).timeout(90_000)

    it('do not duplicate the erased person, who is entered again without an email address', async () => {
      const links = [`https://github.com/eve-${tag}-again`]
      await inLeverByHand({ name: 'Eve Linked', emails: [own('eve')], links })
      await erase(await add('Eve Linked', [own('eve')], { links }))

      const eve = await add('Eve Linked', [], { links, allowErased: true })

      expect(await afterBulk(eve)).to.deep.equal(['duplicate'])
    }).timeout(90_000)
  })
})
