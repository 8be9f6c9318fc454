import { expect } from 'chai'
import { OpportunityStore } from '../../src/sandbox/account/opportunity-store.ts'
import { sampleAccount } from '../../src/sandbox/seed/sample-account.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, postingNamed, userId, type CallLever, type Json } from './call-lever.ts'

describe('lists of the local Lever', () => {
  let lever: LeverForTests
  let api: CallLever

  before(async () => {
    lever = await startLever({ answers: 'likeliest' })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
  })
  after(async () => lever.stop())

  const ids = async (query: string): Promise<string[]> => (await api.get(`/opportunities?${query}`)).body.data.map((one: Json) => one.id)

  it('return all opportunities by stage rank, then latest advance, with an encoded array as page token', async () => {
    const ranks = new Map((await api.get('/disposition_stages')).body.data.stages.map((stage: Json) => [stage.id, stage.rank]))
    const all: Json[] = []
    let offset = ''
    do {
      const { body } = await api.get(`/opportunities?limit=70&confidentiality=all${offset}`)
      all.push(...body.data)
      if (body.hasNext) expect(JSON.parse(decodeURIComponent(body.next))).to.have.length(3)
      else expect(body).not.to.have.property('next')
      // half of the clients encode the token again, like an ordinary parameter
      const token = all.length > 100 ? body.next : encodeURIComponent(body.next ?? '')
      offset = body.hasNext ? `&offset=${token}` : ''
    } while (offset)
    expect(new Set(all.map(({ id }) => id)).size).to.equal(300)
    const places = all.map((one) => [ranks.get(one.stage) as number, -one.lastAdvancedAt])
    const sorted = places.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d)
    expect(places).to.deep.equal(sorted)
  })

  it('refuse a bad offset and a bad limit', async () => {
    const bad = await api.get('/opportunities?offset=nonsense')
    expect(bad.status).to.equal(400)
    expect(bad.body.message).to.contain('Invalid offset token')
    for (const limit of ['0', '101', 'x']) expect((await api.get(`/users?limit=${limit}`)).status).to.equal(400)
  })

  it('return users newest first, only active ones by default, by email address ignoring case', async () => {
    const active = (await api.get('/users/')).body.data
    expect(active).to.have.length(7)
    expect(active.map((user: Json) => user.createdAt)).to.deep.equal(
      active.map((user: Json) => user.createdAt).toSorted((a: number, b: number) => b - a),
    )
    expect((await api.get('/users?includeDeactivated=True')).body.data).to.have.length(8)
    expect((await api.get('/users?email=ANA@acme.example')).body.data[0].name).to.equal('Ana Duarte')
    expect((await api.get('/users?email=nobody@acme.example')).body).to.deep.equal({ data: [], hasNext: false })
    expect((await api.get('/users?accessRole=super%20admin')).body.data).to.have.length(2)
  })

  it('filter opportunities: repeated filters are OR, different filters AND', async () => {
    const one = await ids('stage_id=offer')
    const two = await ids('stage_id=lead-responded')
    expect(await ids('stage_id=offer&stage_id=lead-responded')).to.have.length(one.length + two.length)
    const both = (await api.get('/opportunities?stage_id=offer&source=LinkedIn')).body.data
    for (const item of both) expect([item.stage, item.sources]).to.deep.equal(['offer', ['LinkedIn']])
    expect(await ids('email=Grace.Hopper@NAVY.example')).to.have.length(1)
    expect(await ids('email=nobody@navy.example')).to.be.empty
    const archived = await ids('archived=true')
    const open = await ids('archived=false')
    expect(archived.filter((id) => open.includes(id))).to.be.empty
    for (const item of (await api.get('/opportunities?snoozed=true')).body.data) expect(item.snoozedUntil).to.be.a('number')
    expect(await ids('tag=core%20of%20nothing')).to.be.empty
    expect((await api.get('/opportunities?created_at_start=yesterday')).status).to.equal(400)
  })

  it('filter by posting (active and archived applications), contact, reason, and times', async () => {
    const posting = await postingNamed(api, 'Backend Engineer')
    const active = (await api.get(`/opportunities?posting_id=${posting.id}&expand=applications`)).body.data
    expect(active).not.to.be.empty
    for (const item of active) expect(item.applications[0]).to.deep.include({ posting: posting.id, archived: null })
    for (const item of (await api.get(`/opportunities?archived_posting_id=${posting.id}&expand=applications`)).body.data)
      expect(item.applications[0].archived).not.to.equal(null)
    const grace = (await api.get('/opportunities?email=grace.hopper@navy.example')).body.data[0]
    expect(await ids(`contact_id=${grace.contact}`)).to.deep.equal([grace.id])
    expect(await ids(`contact_id=${grace.contact}&updated_at_start=${grace.updatedAt}&updated_at_end=${grace.updatedAt}`)).to.deep.equal([
      grace.id,
    ])
    expect(await ids(`contact_id=${grace.contact}&updated_at_start=${grace.updatedAt + 1}`)).to.be.empty
    expect((await api.get('/opportunities?limit=100&updated_at_start=1')).body.data.every((one: Json) => one.updatedAt !== null)).to.equal(
      true,
    )
  })

  it('support include and expand', async () => {
    const slim = (await api.get('/opportunities?limit=1&include=name&include=stage&expand=owner')).body.data[0]
    expect(Object.keys(slim)).to.have.members(['id', 'name', 'stage', 'owner'])
    expect(slim.owner).to.include.keys('email', 'accessRole')
    const full = (
      await api.get('/opportunities?email=grace.hopper@navy.example&expand=stage&expand=contact&expand=followers&expand=sourcedBy')
    ).body.data[0]
    expect(full.stage).to.have.keys('id', 'text')
    expect(full.contact.name).to.equal('Grace Hopper')
    expect([full.followers[0].username, full.sourcedBy.username]).to.deep.equal(['bo', 'bo'])
  })

  it('hide confidential records unless a permitted caller requests them', async () => {
    const confidential = await postingNamed(api, 'Head of Finance')
    expect((await api.get('/postings')).body.data).to.have.length(11)
    expect((await api.get('/postings?confidentiality=confidential')).body.data).to.have.length(1)
    const hidden = (await api.get('/opportunities?confidentiality=confidential')).body.data[0]
    expect(hidden).not.to.equal(undefined)
    const without = callLever(lever, await lever.newApiKey())
    expect((await without.get('/postings?confidentiality=all')).status).to.equal(403)
    expect((await without.get(`/postings/${confidential.id}`)).status).to.equal(404)
    expect((await without.get(`/opportunities/${hidden.id}`)).status).to.equal(404)
  })

  it('return published postings of the public channel, and requisitions by code and status', async () => {
    const states = (await api.get('/postings?state=published')).body.data.map((posting: Json) => posting.state)
    expect(states).to.deep.equal(Array(5).fill('published'))
    expect((await api.get('/postings?state=internal&distributionChannel=internal')).body.data).to.have.length(1)
    expect((await api.get('/requisitions?requisition_code=ENG-7')).body.data[0].name).to.equal('Backend Engineer')
    expect((await api.get('/requisitions?status=open')).body.data).to.have.length(3)
  })

  it('hide new and changed opportunities for the search lag, while other calls show them', async () => {
    await lever.settings({ searchLagMs: 60_000 })
    const { data } = await addOpportunity(api, { name: 'Late', emails: ['late@example.test'] })

    expect(await ids('email=late@example.test')).to.be.empty
    expect((await api.get(`/opportunities/${data.id}`)).status).to.equal(200)
    expect(await lever.opportunitiesByEmail('late@example.test')).to.have.length(1)
    await lever.settings({ clockOffsetMs: 61_000, searchLagMs: 0 })
    expect(await ids('email=late@example.test')).to.deep.equal([data.id])
    await lever.settings({ clockOffsetMs: 0 })
  })

  it('return deleted opportunities in a separate list', async () => {
    const { data } = await addOpportunity(api, { name: 'Gone' })
    await lever.deleteOpportunity(data.id)

    expect((await api.get(`/opportunities/${data.id}`)).status).to.equal(404)
    const [deleted] = (await api.get(`/opportunities/deleted?deleted_at_start=${Date.now() - 60_000}`)).body.data
    expect(deleted).to.deep.include({ id: data.id, deletedBy: await userId(api, 'ana') })
    expect((await api.get('/opportunities/deleted?deleted_at_end=1')).body.data).to.be.empty
  })

  it('return deleted applications between two bounds of at most 30 days', async () => {
    const posting = await postingNamed(api, 'Data Scientist')
    const { data } = await addOpportunity(api, { name: 'Gone Too', postings: [posting.id] })
    await lever.deleteOpportunity(data.id)
    const day = 86_400_000
    const between = async (query: string): Promise<Json> => (await api.get(`/applications/deleted?${query}`)).body
    const [start, end] = [Date.now() - 15 * day, Date.now() + 15 * day]

    const [deleted] = (await between(`deleted_at_start=${start}&deleted_at_end=${end}`)).data

    expect(deleted).to.include({ id: data.applications[0], opportunityId: data.id, postingId: posting.id })
    expect((await between(`deleted_at_start=${start}&deleted_at_end=${start + day}`)).data).to.be.empty
    for (const query of [`deleted_at_start=${start}`, `deleted_at_end=${end}`, `deleted_at_start=${start}&deleted_at_end=${end + day}`])
      expect((await api.get(`/applications/deleted?${query}`)).status, query).to.equal(400)
  })

  it('find their place among 50,000 opportunities without reading through them', () => {
    const { stages, opportunities } = sampleAccount()
    const store = new OpportunityStore(stages)
    const [sample] = opportunities
    if (!sample) throw new Error('no sample')
    for (let index = 0; index < 50_000; index += 1)
      store.add({ ...sample, id: `id-${index}`, lastAdvancedAt: index, stage: stages[index % 3]?.id ?? '' })
    const middle = store.get('id-24999')
    if (!middle) throw new Error('not stored')

    const startedAt = performance.now()
    for (let times = 0; times < 1000; times += 1) store.inListOrder(store.positionOf(middle)).next()

    expect(performance.now() - startedAt, 'a thousand pages begun').to.be.below(5000)
    expect([...store.inListOrder(store.positionOf(middle))][0]).to.equal(middle)
    store.advance(middle, { stage: 'offer', lastAdvancedAt: 99_999 })
    expect([...store.inListOrder()]).to.have.length(50_000)
    expect([...store.inListOrder()].at(-1)).to.equal(middle)
  })
})
