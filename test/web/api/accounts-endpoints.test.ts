import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { ApiKeyModel } from '../../../src/accounts/api-key-model.ts'
import { AuditEventModel } from '../../../src/audit/audit-event-model.ts'
import { auditEventEndpoints } from '../../../src/web/api/audit-events.ts'
import { apiKeyEndpoints } from '../../../src/web/api/api-keys.ts'
import { organizationEndpoints } from '../../../src/web/api/organizations.ts'
import { signInLinkEndpoints } from '../../../src/web/api/sign-in-links.ts'
import { userEndpoints } from '../../../src/web/api/users.ts'
import { NO_NAMES } from '../../support/audit.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'
import { startWeb, type RunningWeb, type WebParts } from '../../support/web.ts'

const endpoints = (parts: WebParts) => [
  ...organizationEndpoints({ ...parts, deletions: { deleteOrganization: async () => '' } }),
  ...apiKeyEndpoints(parts),
  ...userEndpoints(parts),
  ...signInLinkEndpoints(parts),
  ...auditEventEndpoints({ ...parts, ...NO_NAMES }),
]

describe('organization and people endpoints', () => {
  let web: RunningWeb

  before(async () => {
    await connectEmptyDatabase()
    web = await startWeb({ endpoints })
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  const json = async (response: Response) =>
    (await response.json()) as Record<string, unknown> & { data: Record<string, unknown>[]; nextCursor: string | null }
  const operator = () => ({ authorization: `Bearer ${web.operatorApiKey}` })

  it('creates an organization with a working key, once per Idempotency-Key', async () => {
    const headers = { ...operator(), 'idempotency-key': 'org-1' }
    const create = () => web.call('POST', '/api/v1/organizations', { json: { name: 'New', sourceName: 'headhuntr.io' }, headers })

    const first = await create()
    const created = await json(first)
    const replayed = await create()

    expect(first.status).to.equal(201)
    expect(created).to.have.all.keys('id', 'name', 'sourceName', 'apiKey')
    expect(await json(replayed)).to.deep.equal(created)
    const users = await web.call('GET', '/api/v1/users', { headers: { authorization: `Bearer ${String(created['apiKey'])}` } })
    expect((await json(users)).data).to.deep.equal([])
  })

  it('lists organizations page by page, for the operator only', async () => {
    await web.accounts.createOrganization({ name: 'Third', sourceName: 's' })

    const first = await json(await web.call('GET', '/api/v1/organizations?limit=1', { headers: operator() }))
    const second = await json(
      await web.call('GET', `/api/v1/organizations?limit=1&cursor=${String(first.nextCursor)}`, { headers: operator() }),
    )

    expect(first.data[0]).to.have.all.keys('id', 'name', 'sourceName')
    expect(second.data[0]?.['id']).not.to.equal(first.data[0]?.['id'])
    expect((await web.call('GET', '/api/v1/organizations')).status).to.equal(403)
  })

  it('refuses a cursor from another list', async () => {
    const response = await web.call('GET', '/api/v1/users?cursor=abc')

    expect(response.status).to.equal(422)
    expect((await json(response))['errors']).to.deep.equal([
      { path: 'query.cursor', message: 'does not belong to this list: use nextCursor' },
    ])
  })

  it('creates, lists, and revokes an API key, which then stops working', async () => {
    const created = await json(await web.call('POST', '/api/v1/api-keys', { json: { name: 'Sourcing tool' } }))
    const headers = { authorization: `Bearer ${String(created['apiKey'])}` }
    expect(created).to.have.all.keys('id', 'name', 'apiKey', 'access', 'expiresAt')
    expect(created).to.include({ access: 'full', expiresAt: null })
    expect((await web.call('GET', '/api/v1/users', { headers })).status).to.equal(200)

    const listed = (await json(await web.call('GET', '/api/v1/api-keys'))).data.find(({ id }) => id === created['id'])
    expect(listed).to.include({ access: 'full', expiresAt: null, madeBy: null })
    expect(listed).to.include({ name: 'Sourcing tool', lastFour: String(created['apiKey']).slice(-4) })
    expect(listed?.['lastUsedAt']).to.be.a('string')

    expect((await web.call('DELETE', `/api/v1/api-keys/${String(created['id'])}`)).status).to.equal(204)
    expect((await web.call('GET', '/api/v1/users', { headers })).status).to.equal(401)
    expect((await web.call('DELETE', `/api/v1/api-keys/${String(created['id'])}`)).status).to.equal(404)
  })

  it('creates an API key that expires, and refuses it afterwards', async () => {
    const post = (body: object, headers: Record<string, string> = {}) =>
      web.call('POST', '/api/v1/api-keys', {
        json: { name: 'For a month', ...body },
        headers: { authorization: `Bearer ${web.apiKey}`, ...headers },
      })
    const expiresAt = '2099-01-31T13:00:00+01:00'

    const created = await json(await post({ expiresAt }, { 'idempotency-key': 'expiring' }))
    expect(created).to.include({ access: 'full', expiresAt: '2099-01-31T12:00:00.000Z' })
    expect(await json(await post({ expiresAt }, { 'idempotency-key': 'expiring' }))).to.deep.equal(created)
    const headers = { authorization: `Bearer ${String(created['apiKey'])}` }
    expect((await web.call('GET', '/api/v1/users', { headers })).status).to.equal(200)

    for (const wrong of [new Date(Date.now() - 1).toISOString(), '2099-01-31', 'tomorrow', '', null, 7]) {
      const refused = await post({ expiresAt: wrong })
      expect(refused.status, String(wrong)).to.equal(422)
      expect((await json(refused))['errors']).to.have.nested.property('[0].path', 'expiresAt')
    }

    await ApiKeyModel.updateOne({ _id: created['id'] }, { expiresAt: new Date(Date.now() - 1) })
    const late = await web.call('GET', '/api/v1/users', { headers })
    expect([late.status, (await json(late))['code']]).to.deep.equal([401, 'unauthenticated'])
    const { data } = await json(await web.call('GET', '/api/v1/api-keys'))
    expect(data.map(({ id }) => id)).to.include(created['id'])
  })

  it('lets a read-only key read, but create neither keys nor sign-in links', async () => {
    const { apiKey, access } = await json(await web.call('POST', '/api/v1/api-keys', { json: { name: 'Report', access: 'read' } }))
    const headers = { authorization: `Bearer ${String(apiKey)}` }
    await web.signIn('for-read@acme.example')

    expect(access).to.equal('read')
    expect((await web.call('GET', '/api/v1/api-keys', { headers })).status).to.equal(200)
    expect((await web.call('HEAD', '/api/v1/users', { headers })).status).to.equal(200)
    for (const [path, body] of [
      ['/api/v1/api-keys', { name: 'More' }],
      ['/api/v1/sign-in-links', { userEmail: 'for-read@acme.example' }],
    ] as const) {
      const refused = await web.call('POST', path, { headers, json: body })
      const { code, detail } = await json(refused)
      expect([refused.status, code, detail]).to.deep.equal([403, 'forbidden', 'This API key can only read.'])
    }
    expect((await web.call('POST', '/api/v1/api-keys', { json: { name: 'x', access: 'write' } })).status).to.equal(422)
  })

  it('treats keys stored before access and expiry existed as full keys', async () => {
    const { id, apiKey } = await json(await web.call('POST', '/api/v1/api-keys', { json: { name: 'Old' } }))
    await ApiKeyModel.collection.updateOne({ _id: new Types.ObjectId(String(id)) }, { $unset: { access: 1, expiresAt: 1, madeBy: 1 } })
    const headers = { authorization: `Bearer ${String(apiKey)}` }

    const { data } = await json(await web.call('GET', '/api/v1/api-keys', { headers }))

    expect(data.find((key) => key['id'] === id)).to.include({ access: 'full', expiresAt: null, madeBy: null })
    expect((await web.call('DELETE', `/api/v1/api-keys/${String(id)}`, { headers })).status).to.equal(204)
  })

  it('shows who created a key, and whether that person has left', async () => {
    const made = async (email: string) => {
      const { cookie, csrfToken } = await web.signIn(email)
      const key = await json(
        await web.call('POST', '/api/v1/api-keys', { json: { name: email }, headers: { cookie, 'x-csrf-token': csrfToken } }),
      )
      return String(key['id'])
    }
    const makerOf = async (id: string) =>
      (await json(await web.call('GET', '/api/v1/api-keys'))).data.find((key) => key['id'] === id)?.['madeBy']
    const [here, inactive, removed] = [await made('here@acme.example'), await made('off@acme.example'), await made('removed@acme.example')]

    await web.call('PUT', '/api/v1/users/here@acme.example', { json: { name: 'Renamed', role: 'sourcer' } })
    await web.call('PUT', '/api/v1/users/off@acme.example', { json: { name: 'Off', role: 'admin', active: false } })
    await web.call('DELETE', '/api/v1/users/removed@acme.example')

    expect(await makerOf(here)).to.deep.equal({ email: 'here@acme.example', name: 'Renamed', left: false })
    expect(await makerOf(inactive)).to.deep.equal({ email: 'off@acme.example', name: 'Off', left: true })
    expect(await makerOf(removed)).to.deep.equal({ email: 'removed@acme.example', name: 'removed@acme.example', left: true })
    await web.signIn('removed@acme.example') // a new person with the same address
    expect(await makerOf(removed)).to.include({ left: true })
  })

  it('records who created each key and each sign-in link', async () => {
    const { cookie, csrfToken, personId } = await web.signIn('maker@acme.example')
    const headers = { cookie, 'x-csrf-token': csrfToken }
    const { id } = await json(await web.call('POST', '/api/v1/api-keys', { json: { name: 'Audited' }, headers }))
    await web.call('POST', '/api/v1/sign-in-links', { json: { userEmail: 'maker@acme.example' } })

    const { data } = await json(await web.call('GET', '/api/v1/audit-events?limit=2'))

    expect(data[1]).to.include({ action: 'apiKey.created', actor: `user:${personId}`, subject: `apiKey:${String(id)}` })
    expect(data[0]).to.include({ action: 'signInLink.created', subject: `user:${personId}` })
    expect(data[0]?.['actor']).to.match(/^apiKey:/)
  })

  it('neither shows nor revokes keys of another organization', async () => {
    const other = await web.accounts.createOrganization({ name: 'Other', sourceName: 's' })
    const theirs = (await web.accounts.listApiKeys(other.id, { limit: 1 })).data[0]

    const response = await web.call('DELETE', `/api/v1/api-keys/${theirs?.id}`)

    expect(response.status).to.equal(404)
    expect(await web.accounts.authenticateApiKey(other.apiKey)).to.include({ organization: other.id })
  })

  it('adds a person, then updates them by email address in any case', async () => {
    const put = (email: string, body: object) => web.call('PUT', `/api/v1/users/${encodeURIComponent(email)}`, { json: body })

    const added = await put('Ana.Diaz@Acme.example', { name: 'Ana Díaz', role: 'sourcer' })
    const changed = await put(' ana.diaz@acme.EXAMPLE ', { name: 'Ana Díaz', role: 'admin', active: false })

    expect(added.status).to.equal(201)
    const person = await json(added)
    expect(person).to.have.all.keys('email', 'name', 'role', 'active', 'createdAt')
    expect(person).to.include({ email: 'ana.diaz@acme.example', role: 'sourcer', active: true })
    expect(changed.status).to.equal(200)
    expect(await json(changed)).to.include({ role: 'admin', active: false })
  })

  for (const email of [
    'ana',
    'a@b',
    'a b@acme.example',
    'a@@acme.example',
    '<a@acme.example>',
    'a@acme..example',
    '.a@acme.example',
    `${'a'.repeat(250)}@acme.example`,
  ]) {
    it(`refuses the email address ${email.slice(0, 30)}`, async () => {
      const response = await web.call('PUT', `/api/v1/users/${encodeURIComponent(email)}`, { json: { name: 'A', role: 'admin' } })

      expect(response.status).to.equal(422)
      expect((await json(response))['errors']).to.deep.equal([{ path: 'email', message: 'must be an email address' }])
    })
  }

  it('refuses an unknown role', async () => {
    expect((await web.call('PUT', '/api/v1/users/x@acme.example', { json: { name: 'A', role: 'root' } })).status).to.equal(422)
  })

  it('removes a person, and answers 404 for an unknown one', async () => {
    await web.signIn('gone@acme.example')

    expect((await web.call('DELETE', '/api/v1/users/GONE@acme.example')).status).to.equal(204)
    const again = await web.call('DELETE', '/api/v1/users/gone@acme.example')
    expect((await json(again))['code']).to.equal('user_not_found')
  })

  it('creates sign-in links for active people, to a path of this site, valid for three days at most', async () => {
    await web.signIn('linked@acme.example', 'sourcer')
    await web.accounts.putPerson(web.organization, 'inactive@acme.example', { name: 'I', role: 'admin', active: false }, 'operator')
    const post = (body: object) => web.call('POST', '/api/v1/sign-in-links', { json: body })

    const link = await json(await post({ userEmail: 'Linked@acme.example', path: '/exports?status=failed' }))
    expect(link).to.have.all.keys('url', 'expiresAt')
    expect(new Date(String(link['expiresAt'])).getTime() - Date.now()).to.be.within(50_000, 60_500)
    expect((await post({ userEmail: 'linked@acme.example', validForSeconds: 259_200 })).status).to.equal(201)

    for (const userEmail of ['unknown@acme.example', 'inactive@acme.example'])
      expect((await json(await post({ userEmail })))['code']).to.equal('user_not_found')
    for (const wrong of [
      { validForSeconds: 259_201 },
      { validForSeconds: 0 },
      { path: '//evil.example' },
      { path: '/\\evil.example' },
      { path: 'https://evil.example' },
      { path: 'candidates' },
      { path: '/\t/evil.example' },
    ]) {
      expect((await post({ userEmail: 'linked@acme.example', ...wrong })).status, JSON.stringify(wrong)).to.equal(422)
    }
  })

  it('returns the same link again for the same Idempotency-Key', async () => {
    const headers = { authorization: `Bearer ${web.apiKey}`, 'idempotency-key': 'link' }
    const post = () => web.call('POST', '/api/v1/sign-in-links', { json: { userEmail: 'linked@acme.example' }, headers })

    expect(await json(await post())).to.deep.equal(await json(await post()))
  })

  it('denies sourcers access to keys, people, links, and the audit trail', async () => {
    const { cookie, csrfToken } = await web.signIn('sourcer@acme.example', 'sourcer')
    const headers = { cookie, 'x-csrf-token': csrfToken }
    const calls = [
      web.call('GET', '/api/v1/api-keys', { headers }),
      web.call('POST', '/api/v1/api-keys', { headers, json: { name: 'x' } }),
      web.call('GET', '/api/v1/users', { headers }),
      web.call('PUT', '/api/v1/users/sourcer@acme.example', { headers, json: { name: 'S', role: 'admin' } }),
      web.call('DELETE', '/api/v1/users/sourcer@acme.example', { headers }),
      web.call('POST', '/api/v1/sign-in-links', { headers, json: { userEmail: 'linked@acme.example' } }),
      web.call('GET', '/api/v1/audit-events', { headers }),
      web.call('GET', '/api/v1/audit-events/verify', { headers }),
    ]

    for (const response of await Promise.all(calls)) expect(response.status).to.equal(403)
  })

  it('returns who did what, with ids only, in a valid chain', async () => {
    await web.call('PUT', '/api/v1/users/audited@acme.example', { json: { name: 'Audited', role: 'sourcer' } })

    const { data } = await json(await web.call('GET', '/api/v1/audit-events?limit=1'))
    const verified = await json(await web.call('GET', '/api/v1/audit-events/verify'))

    expect(data[0]).to.have.all.keys('id', 'at', 'actor', 'by', 'about', 'action', 'subject', 'leverUser', 'hash', 'previousHash')
    expect(data[0]).to.include({ action: 'user.created' })
    expect(data[0]?.['actor']).to.match(/^apiKey:[0-9a-f]{24}$/)
    expect(verified['valid']).to.equal(true)
    expect(verified['checked']).to.be.greaterThan(5)
    expect(data[0]?.['about']).to.include({ kind: 'person', name: 'Audited' })
    expect(JSON.stringify(await AuditEventModel.find().lean())).not.to.contain('acme.example')
  })

  it('stores no key, link, or session token in plain text', async () => {
    const { apiKey } = (await json(await web.call('POST', '/api/v1/api-keys', { json: { name: 'plain' } }))) as { apiKey?: string }
    const { url } = (await json(await web.call('POST', '/api/v1/sign-in-links', { json: { userEmail: 'linked@acme.example' } }))) as {
      url?: string
    }
    const { cookie } = await web.signIn('plain@acme.example')

    const collections = await mongoose.connection.db?.collections()
    const stored = JSON.stringify(await Promise.all((collections ?? []).map((collection) => collection.find().toArray())))

    for (const secret of [web.apiKey, String(apiKey), String(url).split('/').at(-1), cookie.split('=')[1]])
      expect(stored).not.to.contain(secret)
  })
})
