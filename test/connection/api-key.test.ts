import { expect } from 'chai'
import { z } from 'zod'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { permissionWords } from '../../src/connection/key-permissions.ts'
import type { SettingsPatch } from '../../src/connection/settings.ts'
import { neededPermissions } from '../../src/connection/lever-access.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { rejection } from '../support/rejection.ts'
import { ACTOR, ADMIN, SOURCER } from './build-connections.ts'
import { startConnectionWorld, type ConnectionWorld } from './connection-world.ts'

const Users = z.object({ data: z.array(z.object({ id: z.string() })) })

describe('connection/api key', () => {
  let world: ConnectionWorld
  let organization: string

  before(async () => {
    world = await startConnectionWorld()
  })
  after(() => world.stop())
  beforeEach(async () => {
    await world.lever.clearFaults()
    organization = await world.newOrganization()
  })

  const put = (apiKey: string, userEmail = ADMIN) => world.connections.putApiKey(organization, { apiKey, userEmail }, ACTOR)
  const call = async () =>
    (await world.connections.leverClient(organization)).get(leverPath`/users`, { query: { limit: 1 }, schema: z.unknown() })

  it('connects after trying all permissions, and shows only the last four characters', async () => {
    const key = await world.lever.newApiKey()
    const before = await world.lever.allOpportunities()
    await world.lever.clearRequests()

    await put(key)

    const view = await world.connections.describe(organization)
    expect(view.status).to.equal('configuring')
    expect(view.auth).to.include({ kind: 'apiKey', lastFour: key.slice(-4), addedBy: ADMIN })
    expect(view.warnings.filter((warning) => warning.startsWith('scope:'))).to.deep.equal([])
    expect(JSON.stringify(view)).to.not.include(key)
    expect(JSON.stringify(await ConnectionModel.find().lean())).to.not.include(key)
    await call()
    const writes = (await world.lever.requests()).filter(({ method }) => method !== 'GET')
    expect(writes.map(({ method, effectId }) => [method, effectId])).to.deep.equal([['POST', null], ['POST', null]]) // prettier-ignore
    expect(await world.lever.allOpportunities()).to.have.length(before.length)
  })

  it('rejects a key that Lever refuses, and keeps the existing credentials', async () => {
    expect(await rejection(put('no-such-key'))).to.include({ code: 'lever_key_rejected', status: 422 })
    expect((await world.connections.get(organization)).status).to.equal('disconnected')
  })

  const PURPOSES: SettingsPatch[] = [
    { features: ['export'] },
    { features: ['conversations'] },
    { features: ['conversations'], noteMode: 'perConversation' },
    { features: ['export', 'conversations'] },
  ]
  for (const settings of PURPOSES) {
    it(`names the one permission that a key lacks, and does not store the key (${Object.values(settings).flat().join(', ')})`, async () => {
      await world.connections.changeSettings(organization, settings, ACTOR)
      const needed = neededPermissions((await world.connections.get(organization)).settings).map(({ name }) => name)
      for (const taken of needed) {
        const key = await world.lever.newApiKey({ permissions: needed.filter((permission) => permission !== taken) })

        const refused = await rejection(put(key))

        expect(refused, taken).to.include({ code: 'lever_key_lacks_permission', status: 422 })
        expect(refused, taken).to.have.deep.property('extra', { missing: [taken] })
        expect(refused, taken).to.have.property('hint').that.includes(permissionWords(taken))
      }
      expect(await world.connections.get(organization)).to.deep.include({ status: 'disconnected', auth: {} })

      await put(await world.lever.newApiKey({ permissions: [...needed] }))
      expect((await world.connections.get(organization)).status).to.equal('configuring')
    })
  }

  it('tries writes as an existing Lever user', async () => {
    await world.lever.clearRequests()
    await put(await world.lever.newApiKey())

    const { data } = await (await world.connections.leverClient(organization)).get(leverPath`/users`, { schema: Users })
    const users = new Set(data.map(({ id }) => id))
    const writes = (await world.lever.requests()).filter(({ method }) => method !== 'GET')
    for (const { query } of writes) expect(users.has(String(query['perform_as']))).to.equal(true)
  })

  it('detects whether a key shows confidential records, which is optional', async () => {
    const shown = async (confidential: boolean) => {
      await put(await world.lever.newApiKey({ confidential }))
      const connection = await world.connections.get(organization)
      expect(world.connections.canSeeConfidential(connection)).to.equal(confidential)
      return (await world.connections.describe(organization)).auth
    }

    expect(await shown(true)).to.include({ confidential: true })
    expect(await shown(false)).to.include({ confidential: false })
  })

  it('is available to admins only', async () => {
    const key = await world.lever.newApiKey()

    expect(await rejection(put(key, SOURCER))).to.include({ code: 'admin_required' })
    expect(await rejection(put(key, 'nobody@x.example'))).to.include({ code: 'user_not_found' })
  })

  it('says so if Lever is unreachable', async () => {
    await world.lever.fault({ match: { path: '/users' }, kind: 'status', status: 500, times: 10 })

    expect(await rejection(put(await world.lever.newApiKey()))).to.include({ code: 'lever_unavailable', status: 503 })
  })

  it('replaces an authorization of the same account, and vice versa', async () => {
    await world.authorize({ organization })
    await put(await world.lever.newApiKey())
    expect((await world.connections.describe(organization)).auth?.kind).to.equal('apiKey')
    expect((await world.connections.get(organization)).grant).to.not.have.property('refreshToken')
    await call()

    await world.authorize({ organization })
    expect((await world.connections.describe(organization)).auth?.kind).to.equal('oauth')
    expect((await world.connections.get(organization)).grant).to.not.have.property('apiKey')
    await call()
  })

  it('refuses a key of another account', async () => {
    await world.authorize({ organization })
    await ConnectionModel.updateOne({ organization }, { knownLeverUserIds: ['a user of another account'] })

    expect(await rejection(put(await world.lever.newApiKey()))).to.include({ code: 'lever_account_mismatch', status: 409 })
    expect((await world.connections.describe(organization)).auth?.kind).to.equal('oauth')
  })

  it('shares the request budget with every organization that uses the same key', async () => {
    const key = await world.lever.newApiKey()
    await put(key)
    const first = (await world.connections.get(organization)).grant.fingerprint
    organization = await world.newOrganization()
    await put(key)

    expect((await world.connections.get(organization)).grant.fingerprint).to.equal(first)
  })

  it('is revoked when Lever refuses it twice, and recovers with a new key', async () => {
    const key = await world.lever.newApiKey()
    await put(key)
    await ConnectionModel.updateOne({ organization }, { status: 'active' })
    await world.lever.fault({ match: { path: '/users' }, kind: 'status', status: 401 })
    await call()
    expect((await world.connections.get(organization)).status).to.equal('active')

    await world.lever.revokeApiKey(key)
    await rejection(call())

    expect(await world.connections.describe(organization)).to.include({ status: 'revoked' })
    expect(await rejection(call())).to.include({ code: 'connection_not_active' })
    await put(await world.lever.newApiKey())
    expect((await world.connections.get(organization)).status).to.equal('active')
  })
})
