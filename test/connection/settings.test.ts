import { expect } from 'chai'
import { AuditEventModel } from '../../src/audit/audit-event-model.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { ConnectionSettingsPatch } from '../../src/connection/settings.ts'
import { rejection } from '../support/rejection.ts'
import { ACTOR } from './build-connections.ts'
import { startConnectionWorld, type ConnectionWorld } from './connection-world.ts'

describe('connection/settings, readiness, activate', () => {
  let world: ConnectionWorld
  let organization: string

  before(async () => {
    world = await startConnectionWorld()
  })
  after(() => world.stop())
  beforeEach(async () => {
    organization = await world.newOrganization()
    Object.assign(world.neighbourhood, { calls: [], mapping: { mapped: 0, active: 0 }, stages: [], users: [], held: {} })
  })

  const describeIt = () => world.connections.describe(organization)
  const change = (patch: unknown) => world.connections.changeSettings(organization, ConnectionSettingsPatch.parse(patch), ACTOR)

  it('shows an organization that never connected as documented', async () => {
    const view = await describeIt()

    expect(view).to.include({ status: 'disconnected', environment: 'local', auth: null, readyToActivate: false })
    expect(view.webhookUrl).to.match(/^http:\/\/127\.0\.0\.1:4999\/webhooks\/lever\/[\w-]{32}$/)
    expect(view.webhooks.map(({ event, label, recommended }) => [event, label, recommended])).to.deep.equal([
      ['applicationCreated', 'Application Created', true],
      ['candidateStageChange', 'Candidate Stage Change', true],
      ['candidateArchiveChange', 'Candidate Archive State Change', true],
      ['candidateHired', 'Candidate Hired', true],
      ['candidateDeleted', 'Candidate Deleted', true],
      ['interviewCreated', 'Interview Created', false],
      ['interviewUpdated', 'Interview Updated', false],
      ['interviewDeleted', 'Interview Deleted', false],
    ])
    expect(view.missing).to.deep.equal(['authorization', 'activeMapping'])
    expect(view.settings).to.deep.equal({
      sourceName: 'headhuntr.io',
      defaultStageId: null,
      performAsFallback: null,
      exportUnsuccessful: false,
      features: ['export'],
      eraseWhenDeletedInLever: false,
      noteMode: 'perPause',
      noteSecret: false,
      noteLanguage: 'en',
      noteTimeZone: 'UTC',
    })
    expect(view.sync).to.deep.equal({ state: 'idle', startedAt: null, finishedAt: null, resources: {} })
  })

  it('creates one connection for many concurrent first reads', async () => {
    const looks = await Promise.all(Array.from({ length: 12 }, () => world.connections.get(organization)))

    expect(new Set(looks.map(({ endpointKey }) => endpointKey)).size).to.equal(1)
    expect((await world.connections.findByEndpointKey(looks[0]?.endpointKey ?? ''))?.organization.toHexString()).to.equal(organization)
    expect(await world.connections.findByEndpointKey('unknown')).to.equal(null)
  })

  it('changes the given settings and leaves the rest', async () => {
    world.neighbourhood.stages.push('offer')
    world.neighbourhood.users.push({ id: 'u1', email: 'ops@acme.example', deactivatedAt: null })
    await world.authorize({ organization })

    await change({ sourceName: 'Scout', defaultStageId: 'offer', performAsFallback: 'ops@acme.example' })
    await change({ features: ['conversations'], exportUnsuccessful: true })
    await change({})

    expect((await describeIt()).settings).to.deep.equal({
      sourceName: 'Scout',
      defaultStageId: 'offer',
      performAsFallback: 'ops@acme.example',
      exportUnsuccessful: true,
      features: ['conversations'],
      eraseWhenDeletedInLever: false,
      noteMode: 'perPause',
      noteSecret: false,
      noteLanguage: 'en',
      noteTimeZone: 'UTC',
    })
    expect(await AuditEventModel.countDocuments({ organization, action: 'connection.settingsChanged' })).to.equal(2)
    await change({ defaultStageId: null, performAsFallback: null })
    expect((await describeIt()).settings).to.include({ defaultStageId: null, performAsFallback: null })
  })

  it('refuses a stage or Lever user that does not exist, and then changes nothing', async () => {
    world.neighbourhood.users.push({ id: 'u2', email: 'gone@acme.example', deactivatedAt: new Date() })
    await world.authorize({ organization })

    const failure = await rejection(change({ sourceName: 'Other', defaultStageId: 'nowhere', performAsFallback: 'nobody@acme.example' }))
    expect(failure).to.include({ code: 'invalid_request', status: 422 })
    expect(failure).to.have.property('errors').that.has.lengthOf(2)
    expect(await rejection(change({ performAsFallback: 'gone@acme.example' }))).to.include({ code: 'invalid_request' })
    expect((await describeIt()).settings.sourceName).to.equal('headhuntr.io')
    expect(() => ConnectionSettingsPatch.parse({ features: ['all'] })).to.throw()
    expect(() => ConnectionSettingsPatch.parse({ unknown: 1 })).to.throw()
  })

  it('accepts a source as long as that of a new organization, but none that is longer', () => {
    expect(ConnectionSettingsPatch.parse({ sourceName: 'x'.repeat(200) }).sourceName).to.have.lengthOf(200)
    expect(() => ConnectionSettingsPatch.parse({ sourceName: 'x'.repeat(201) })).to.throw()
  })

  it('refuses the same values while Lever is not connected, and accepts the rest', async () => {
    const failure = await rejection(change({ defaultStageId: 'offer', performAsFallback: 'ops@acme.example' }))

    expect(failure).to.include({ code: 'invalid_request', status: 422 })
    expect(failure).to.have.deep.property('errors', [
      { path: 'defaultStageId', message: 'cannot be checked until Lever is connected' },
      { path: 'performAsFallback', message: 'cannot be checked until Lever is connected' },
    ])
    await change({ sourceName: 'Scout', defaultStageId: null, performAsFallback: null })
    expect((await describeIt()).settings.sourceName).to.equal('Scout')
  })

  it('warns about settings that are no longer valid in Lever, and about scopes that were not granted', async () => {
    world.neighbourhood.stages.push('offer')
    world.neighbourhood.users.push({ id: 'u1', email: 'ops@acme.example', deactivatedAt: null })
    await world.authorize({ organization })
    await change({ defaultStageId: 'offer', performAsFallback: 'ops@acme.example' })
    await ConnectionModel.updateOne({ organization }, { $pull: { 'auth.scopes': 'notes:write:admin' } })
    expect((await describeIt()).warnings.filter((warning) => !warning.startsWith('webhook:'))).to.deep.equal(['scope:notes:write:admin'])

    Object.assign(world.neighbourhood, { stages: [], users: [{ id: 'u1', email: 'ops@acme.example', deactivatedAt: new Date() }] })

    expect((await describeIt()).warnings).to.include.members(['fallbackUserDeactivated', 'stageMissing'])
  })

  it('counts a write scope as its read scope', async () => {
    await world.authorize({ organization })
    await ConnectionModel.updateOne({ organization }, { $pull: { 'auth.scopes': 'requisitions:read:admin' } })
    await ConnectionModel.updateOne({ organization }, { $push: { 'auth.scopes': 'requisitions:write:admin' } })

    expect((await describeIt()).warnings).to.not.include('scope:requisitions:read:admin')
  })

  it('activates only with an authorization and an active mapping; pauses and resumes', async () => {
    const { connections } = world
    const notReady = await rejection(connections.activate(organization, ACTOR))
    expect(notReady).to.include({ code: 'not_ready', status: 409 })
    expect(notReady).to.have.deep.property('extra', { missing: ['authorization', 'activeMapping'] })
    expect(await rejection(connections.pause(organization, ACTOR))).to.include({ code: 'connection_not_active', status: 409 })

    await world.authorize({ organization })
    expect(await rejection(connections.activate(organization, ACTOR))).to.have.deep.property('extra', { missing: ['activeMapping'] })
    expect(await rejection(connections.assertExporting(organization))).to.include({
      code: 'connection_not_active',
      status: 409,
      message: 'The connection to Lever is not active yet.',
    })
    world.neighbourhood.mapping = { mapped: 2, active: 1 }
    expect(await describeIt()).to.include({ readyToActivate: true })

    await connections.activate(organization, ACTOR)
    await connections.activate(organization, ACTOR)
    await connections.assertExporting(organization)
    expect((await connections.get(organization)).status).to.equal('active')

    await connections.pause(organization, ACTOR)
    await connections.pause(organization, ACTOR)
    expect(await rejection(connections.assertExporting(organization))).to.include({ code: 'connection_not_active' })
    await connections.activate(organization, ACTOR)
    expect(world.neighbourhood.calls).to.deep.equal(['authorized', 'activated', 'paused', 'activated'])
    expect(await AuditEventModel.countDocuments({ organization, action: /^connection\.(activated|paused)$/ })).to.equal(3)
  })

  it('disconnects: destroys secrets, keeps endpoint key and settings, and notifies all parts', async () => {
    const { connections, lever } = world
    await world.authorize({ organization })
    await connections.provisionWebhooks(organization, ACTOR)
    await connections.putSignatureToken(organization, 'any', 'by-hand-token', ACTOR)
    await change({ sourceName: 'Scout', exportUnsuccessful: true })
    const { endpointKey } = await connections.get(organization)
    const ours = async () => (await lever.webhooks()).filter(({ url }) => url.endsWith(endpointKey))
    expect(await ours()).to.have.lengthOf(5)
    world.neighbourhood.calls.length = 0

    await connections.disconnect(organization, ACTOR)

    const after = await connections.get(organization)
    expect(after).to.include({ status: 'disconnected', endpointKey })
    expect(after.settings.exportUnsuccessful).to.equal(true)
    expect(JSON.stringify(await ConnectionModel.findOne({ organization }).lean())).to.not.include('v1.k1.')
    expect(connections.signatureTokensFor(after, 'candidateHired')).to.deep.equal([])
    expect(await ours()).to.deep.equal([])
    expect(world.neighbourhood.calls).to.deep.equal(['ending with a grant', 'ended'])
    expect((await describeIt()).auth).to.equal(null)
    expect(await rejection(connections.leverClient(organization))).to.include({ code: 'connection_not_active' })
    await connections.disconnect(organization, ACTOR)
    expect(await AuditEventModel.countDocuments({ organization, action: 'connection.disconnected' })).to.equal(1)
  })

  it('leaves an authorization alone that arrived while it was disconnecting', async () => {
    await world.authorize({ organization })
    world.neighbourhood.whileSettling = () => world.authorize({ organization })

    await world.connections.disconnect(organization, ACTOR)

    world.neighbourhood.whileSettling = () => Promise.resolve()
    expect((await describeIt()).status).to.equal('configuring')
    await world.connections.leverClient(organization)
  })

  it('drops signature tokens and event states before exports settle, and keeps tokens saved afterwards', async () => {
    await world.authorize({ organization })
    await world.connections.putSignatureToken(organization, 'candidateHired', 'of the account that is left', ACTOR)
    await world.connections.noteWebhook((await world.connections.get(organization))._id, 'candidateHired', { verifiedAt: new Date() })
    const hired = async () => (await describeIt()).webhooks.find(({ event }) => event === 'candidateHired')
    let savedAfter: unknown
    world.neighbourhood.whileSettling = async () => {
      savedAfter = await hired()
      await world.connections.putSignatureToken(organization, 'candidateHired', 'of the next account', ACTOR)
    }

    await world.connections.disconnect(organization, ACTOR)

    world.neighbourhood.whileSettling = () => Promise.resolve()
    expect(savedAfter).to.include({ configured: false, lastVerifiedAt: null })
    expect(await hired()).to.include({ configured: true, lastVerifiedAt: null })
  })

  it('disconnects even if Lever is unreachable or has revoked the grant', async () => {
    await world.authorize({ organization })
    await world.connections.provisionWebhooks(organization, ACTOR)
    await world.lever.fault({ match: { path: '/webhooks' }, kind: 'status', status: 403, times: 1 })
    await world.connections.disconnect(organization, ACTOR)
    expect((await describeIt()).status).to.equal('disconnected')

    await world.authorize({ organization })
    await ConnectionModel.updateOne({ organization }, { status: 'revoked', statusBeforeRevocation: 'active' })
    world.neighbourhood.calls.length = 0
    await world.connections.disconnect(organization, ACTOR)
    expect(world.neighbourhood.calls).to.deep.equal(['ending', 'ended'])
    await world.authorize({ organization })
    expect((await describeIt()).status).to.equal('configuring')
  })
})
