import { expect } from 'chai'
import { AuditEventModel } from '../../../src/audit/audit-event-model.ts'
import { exportAndWait, newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../../support/service.ts'
import { LEVER_ADMIN } from '../../support/lever.ts'

interface Item {
  id: string
  at: string
  actor: string
  by: { kind: string; id: string; email?: string; name?: string }
  action: string
  subject: string
  about: { kind: string; id: string; name?: string; detail?: string }
  hash: string
}
interface Listed {
  data: Item[]
  nextCursor: string | null
}

describe('audit trail API', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let organization: string
  let apiKey: string
  let api: Api
  let candidateId: string

  before(async () => {
    service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
    ;({ api, id: organization, apiKey } = await service.connected())
    const { body } = await api.post<{ id: string }>('candidates', newPerson({ name: '=HYPERLINK("http://evil.example")' }))
    candidateId = body.id
    await exportAndWait(api, { candidateId })
  })
  after(() => service.stop())

  const list = async (query = '') => (await api.get<Listed>(`audit-events?limit=100${query}`)).body
  const csv = (query = '') =>
    fetch(`${service.url}/api/v1/audit-events${query}`, { headers: { authorization: `Bearer ${apiKey}`, accept: 'text/csv' } })

  it('says who did what to which object, with names resolved on read', async () => {
    const { data } = await list()
    const find = (action: string) => data.find((one) => one.action === action)

    expect(find('export.requested')).to.deep.include({
      by: { kind: 'apiKey', id: find('export.requested')?.actor.split(':')[1], name: 'first key' },
    })
    expect(find('export.requested')?.about).to.include({ kind: 'export', name: '=HYPERLINK("http://evil.example")' })
    expect(find('export.exported')?.by).to.deep.equal({ kind: 'service', id: 'worker' })
    expect(find('organization.created')?.by).to.deep.equal({ kind: 'operator', id: 'operator' })
    expect(find('connection.authorized')?.by).to.include({ kind: 'user', email: LEVER_ADMIN })
    expect(find('mapping.created')?.about).to.include({ kind: 'mapping' }).and.to.have.property('name')
    expect(find('user.created')?.about.kind).to.equal('person')
  })

  it('reflects renamed objects and removed people', async () => {
    await api.put('users/renamed@acme.example', { name: 'Old Name', role: 'sourcer' })
    await api.put('users/renamed@acme.example', { name: 'New Name', role: 'sourcer' })
    const about = async () => (await list()).data.filter(({ about: { id } }) => id === personId).map(({ about: { name } }) => name)
    const personId = (await list()).data[0]?.about.id

    expect(await about()).to.deep.equal(['New Name', 'New Name'])
    await api.delete('users/renamed@acme.example')
    expect(await about()).to.deep.equal([undefined, undefined, undefined])
  })

  it('filters by actor (id or email address), action, and time', async () => {
    const all = (await list()).data
    const admin = all.find(({ by }) => by.email === LEVER_ADMIN)?.by
    const some = all[Math.floor(all.length / 2)]

    const byEmail = (await list(`&actor=${encodeURIComponent(LEVER_ADMIN.toUpperCase())}`)).data
    expect(byEmail.length).to.be.above(0)
    expect(byEmail.map(({ id }) => id)).to.deep.equal(all.filter(({ by }) => by.id === admin?.id).map(({ id }) => id))
    expect((await list(`&actor=${admin?.id}`)).data).to.deep.equal(byEmail)
    expect((await list('&actor=operator')).data.every(({ by }) => by.kind === 'operator')).to.equal(true)
    expect((await list('&actor=service')).data.map(({ by }) => by.kind)).to.include('service')
    expect((await list('&actor=nobody@acme.example')).data).to.deep.equal([])
    expect((await list('&action=export.requested')).data.map(({ action }) => action)).to.deep.equal(['export.requested'])
    const [since, before] = [(await list(`&from=${some?.at}`)).data, (await list(`&to=${some?.at}`)).data]
    expect(since.map(({ id }) => id)).to.include(some?.id)
    expect(before.map(({ id }) => id)).not.to.include(some?.id)
    expect(since.length + before.length).to.equal(all.length)
    expect((await list('&from=2999-01-01')).data).to.deep.equal([])
    expect((await list('&to=2999-01-01')).data).to.have.length(all.length)
    expect((await list('&from=2000-01-01&to=2000-02-01')).data).to.deep.equal([])
  })

  it('refuses invalid times, heads, and filters', async () => {
    for (const query of [
      '?from=yesterday',
      '?to=2026-13-01',
      '?actor=',
      '?who=x',
      '/verify?count=1',
      '/verify?hash=x',
      '/verify?count=x&hash=x',
    ]) {
      const { status, body } = await api.get<{ code: string }>(`audit-events${query}`)
      expect([query, status, body.code]).to.deep.equal([query, 422, 'invalid_request'])
    }
  })

  it('returns all pages as a CSV with the same members as columns and formulas defused', async () => {
    const all = (await list()).data

    const answer = await csv()
    const lines = (await answer.text()).trimEnd().split('\r\n')

    expect(answer.headers.get('content-type')).to.equal('text/csv; charset=utf-8')
    expect(lines[0]).to.equal(
      'id,at,actor,by.kind,by.id,by.email,by.name,action,subject,about.kind,about.id,about.name,about.detail,leverUser,hash,previousHash',
    )
    expect(lines.slice(1).map((line) => line.slice(0, 24))).to.deep.equal(all.map(({ id }) => id))
    const exported = lines.find((line) => line.includes(',export.requested,'))
    expect(exported).to.include(`,"'=HYPERLINK(""http://evil.example"")",`)
    expect((await (await csv('?action=export.requested&limit=1')).text()).trimEnd().split('\r\n')).to.have.length(2)
  })

  it('sends JSON to a client that accepts anything, and refuses one that accepts neither format', async () => {
    const ask = (accept: string) => fetch(`${service.url}/api/v1/audit-events`, { headers: { authorization: `Bearer ${apiKey}`, accept } })

    expect((await ask('*/*')).headers.get('content-type')).to.equal('application/json')
    expect((await ask('image/png')).status).to.equal(406)
  })

  it('verifies against an earlier head', async () => {
    const { body: head } = await api.get<{ count: number; hash: string }>('audit-events/head')
    await api.put('users/after@acme.example', { name: 'After', role: 'sourcer' })
    const verify = async (query: string) => (await api.get<object>(`audit-events/verify${query}`)).body

    expect(head.count).to.equal(await AuditEventModel.countDocuments({ organization }).then((count) => count - 1))
    expect(await verify('')).to.include({ valid: true })
    expect(await verify(`?count=${head.count}&hash=${head.hash}`)).to.include({ valid: true })
    expect(await verify(`?count=${head.count}&hash=${head.hash.slice(1)}x`)).to.include({ valid: false })
    expect(await verify(`?count=${head.count + 100}&hash=${head.hash}`)).to.include({ valid: false })
  })

  it('says which settings changed', async () => {
    await api.patch('connection/settings', { sourceName: 'Changed', noteSecret: true })

    expect((await list()).data[0]).to.deep.include({ action: 'connection.settingsChanged' })
    expect((await list()).data[0]?.about.detail).to.equal('sourceName,noteSecret')
  })

  it('is available to admins only', async () => {
    const { body } = await api.post<{ url: string }>('sign-in-links', { userEmail: SOURCER })
    const cookie = (await fetch(body.url, { redirect: 'manual' })).headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')

    for (const path of ['', '/verify', '/head'])
      expect((await fetch(`${service.url}/api/v1/audit-events${path}`, { headers: { cookie } })).status).to.equal(403)
    expect((await fetch(`${service.url}/activity/audit.csv`, { headers: { cookie } })).status).to.equal(403)
  })
})
