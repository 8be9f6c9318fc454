import { expect } from 'chai'
import { needsOf } from '../../src/connection/features.ts'
import { ConnectionView } from '../../src/connection/connection-view.ts'
import { startConnectionSite, type ConnectionSite } from './connection-site.ts'
import { ADMIN, SOURCER } from './build-connections.ts'

describe('web/api/connection', () => {
  let site: ConnectionSite

  before(async () => {
    site = await startConnectionSite()
  })
  after(() => site.stop())

  const call = async (method: string, path: string, json?: unknown, headers: Record<string, string> = {}) => {
    const answer = await site.web.call(method, `/api/v1${path}`, { ...(json === undefined ? {} : { json }), headers })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) }
  }

  it('answers according to its schema, whatever the state', async () => {
    ConnectionView.parse((await call('GET', '/connection')).body)
    const apiKey = await site.lever.newApiKey()
    const connected = await call('PUT', '/connection/api-key', { apiKey: ` ${apiKey}\n`, userEmail: ADMIN.toUpperCase() })
    expect(connected.status).to.equal(200)
    expect(ConnectionView.parse(connected.body).auth).to.include({ kind: 'apiKey', addedBy: ADMIN })
  })

  it('is in the OpenAPI document, with the connection as a schema of its own', async () => {
    const answer = await site.web.call('GET', '/api/openapi.json')
    const { paths, components } = (await answer.json()) as {
      paths: Record<string, object>
      components: { schemas: Record<string, object> }
    }

    expect(Object.keys(paths).filter((path) => path.includes('/connection'))).to.have.lengthOf(8)
    expect(components.schemas).to.include.keys('Connection', 'ConnectionSettingsPatch', 'AuthorizeLink')
  })

  it('returns the same authorize URL again under the same Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'k-1', authorization: `Bearer ${site.web.apiKey}` }
    const first = await call('POST', '/connection/authorize', { userEmail: ADMIN }, headers)
    const second = await call('POST', '/connection/authorize', { userEmail: ADMIN }, headers)

    expect(first.status).to.equal(201)
    expect(second.body).to.deep.equal(first.body)
    expect(second.headers.get('idempotent-replayed')).to.equal('true')
  })

  it('refuses authorize for strangers (404) and sourcers (403), and on behalf of another person', async () => {
    expect(await call('POST', '/connection/authorize', { userEmail: 'nobody@x.example' })).to.deep.include({ status: 404 })
    const sourcer = await call('POST', '/connection/authorize', { userEmail: SOURCER })
    expect(sourcer.status).to.equal(403)
    expect(sourcer.body).to.include({ code: 'admin_required' })
    const { cookie, csrfToken } = await site.web.signIn('other@x.example')
    const other = await call('POST', '/connection/authorize', { userEmail: ADMIN }, { cookie, 'x-csrf-token': csrfToken })
    expect(other.body).to.include({ code: 'forbidden', status: 403 })
  })

  it('is closed to sourcers and strangers', async () => {
    const { cookie } = await site.web.signIn('sam@x.example', 'sourcer')

    expect((await call('GET', '/connection', undefined, { cookie })).status).to.equal(403)
    expect((await call('GET', '/connection', undefined, { authorization: 'Bearer wrong' })).status).to.equal(401)
  })

  it('names wrong settings, events, and keys', async () => {
    const settings = await call('PATCH', '/connection/settings', { features: ['all'], unknown: 1 })
    expect(settings.body).to.include({ code: 'invalid_request', status: 422 })
    expect(settings.body?.['errors']).to.have.lengthOf(2)
    expect((await call('PATCH', '/connection/settings', { defaultStageId: 'nowhere' })).body).to.deep.include({
      errors: [{ path: 'defaultStageId', message: 'does not exist in Lever' }],
    })
    expect((await call('PUT', '/connection/webhooks/contactCreated', { signatureToken: 'x' })).status).to.equal(404)
    expect((await call('PUT', '/connection/webhooks/candidateHired', { signatureToken: 'a b' })).status).to.equal(422)
    const key = await call('PUT', '/connection/api-key', { apiKey: 'wrong', userEmail: ADMIN })
    expect(key.body).to.include({ code: 'lever_key_rejected', status: 422 })
    const needed = needsOf('export', { noteMode: 'perPause' }).permissions
    const weak = await site.lever.newApiKey({ permissions: needed.filter((one) => one !== 'List all users') })
    expect((await call('PUT', '/connection/api-key', { apiKey: weak, userEmail: ADMIN })).body).to.deep.include({
      code: 'lever_key_lacks_permission',
      missing: ['List all users'],
    })
  })

  it('accepts available features, at least one, and lists them if another is requested', async () => {
    const change = (features: unknown) => call('PATCH', '/connection/settings', { features })

    expect((await change(['interviews', 'export'])).body).to.deep.include({
      code: 'invalid_request',
      errors: [{ path: 'features[0]', message: 'must be one of these features: export, conversations' }],
    })
    for (const wrong of [[], 'export', ['Export'], [1], null]) expect((await change(wrong)).status, JSON.stringify(wrong)).to.equal(422)
    expect((await change(['conversations', 'export', 'export'])).body).to.have.deep.nested.property('settings.features', [
      'export',
      'conversations',
    ])
    expect((await change(['export'])).body).to.have.deep.nested.property('settings.features', ['export'])
  })

  it('leads from an API key to active, paused, and disconnected', async () => {
    await call('PUT', '/connection/api-key', { apiKey: await site.lever.newApiKey(), userEmail: ADMIN })
    const notReady = await call('POST', '/connection/activate')
    expect(notReady.body).to.deep.include({ code: 'not_ready', status: 409, missing: ['activeMapping'] })
    site.neighbourhood.mapping = { mapped: 1, active: 1 }

    const steps = [
      await call('PUT', '/connection/webhooks/any', { signatureToken: 'token' }),
      await call('DELETE', '/connection/webhooks/any'),
      await call('POST', '/connection/webhooks/provision'),
      await call('DELETE', '/connection/webhooks/candidateHired'),
      await call('PATCH', '/connection/settings', { sourceName: 'Scout' }),
      await call('POST', '/connection/activate'),
      await call('POST', '/connection/pause'),
    ]

    expect(steps.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200, 200, 200])
    const last = ConnectionView.parse(steps.at(-1)?.body)
    expect(last.status).to.equal('paused')
    expect(last.settings.sourceName).to.equal('Scout')
    expect(last.webhooks.filter(({ createdBy }) => createdBy === 'lever-api')).to.have.lengthOf(4)
    expect(last.warnings).to.deep.equal(['webhook:candidateHired'])
    expect((await call('DELETE', '/connection')).status).to.equal(204)
    expect((await call('GET', '/connection')).body).to.include({ status: 'disconnected', auth: null })
  })
})
