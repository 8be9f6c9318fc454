import { expect } from 'chai'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { BUILT_FEATURES, FEATURES, needsOf, type Feature } from '../../src/connection/features.ts'
import { permissionWords } from '../../src/connection/key-permissions.ts'
import { neededPermissions, neededScopes, recommendedEvents } from '../../src/connection/lever-access.ts'
import type { SettingsPatch } from '../../src/connection/settings.ts'
import { rejection } from '../support/rejection.ts'
import { ACTOR, ADMIN } from './build-connections.ts'
import { goThroughLever, startConnectionWorld, type ConnectionWorld } from './connection-world.ts'

const of = (...features: Feature[]) => ({ features, noteMode: 'perPause' as const })

describe('connection/features', () => {
  describe('requirements from Lever', () => {
    it('are the union of what the features need, read scopes first, each with its features', () => {
      const asked = neededScopes(of('export', 'conversations'))

      expect(asked.map(({ name }) => name)).to.deep.equal([
        'offline_access',
        'users:read:admin',
        'postings:read:admin',
        'stages:read:admin',
        'archive_reasons:read:admin',
        'requisitions:read:admin',
        'sources:read:admin',
        'contact:read:admin',
        'applications:read:admin',
        'webhooks:write:admin',
        'opportunities:write:admin',
        'notes:write:admin',
      ])
      const servedBy = Object.fromEntries(asked.map(({ name, features }) => [name, features]))
      expect(servedBy).to.deep.include({
        offline_access: [],
        'sources:read:admin': ['export'],
        'applications:read:admin': ['conversations'],
        'opportunities:write:admin': ['export', 'conversations'],
      })
      expect(neededScopes(of('conversations')).map(({ name }) => name)).to.include('opportunities:read:admin')
    })

    it('stay within the 20 scopes of an app for available features, and follow the events of each feature', () => {
      expect(neededScopes(of(...BUILT_FEATURES))).to.have.length.at.most(20)
      expect(recommendedEvents(of('export', 'interviews'))).to.have.lengthOf(8)
      expect(recommendedEvents(of('hires'))).to.deep.equal(['candidateHired'])
      expect(recommendedEvents(of('requisitions'))).to.deep.equal([])
    })

    it('name permissions in both wordings of the API key page', () => {
      const words = neededPermissions(of(...FEATURES)).map(({ name }) => permissionWords(name))

      expect(words).to.include.members([
        'Find all users / List users',
        'Find all opportunities / List all opportunities',
        'Find an opportunity / Read opportunity',
        'Find an archive reason / Read archive reason',
        'Find a user / Read user',
        'Create an opportunity note',
      ])
      expect(needsOf('conversations', { noteMode: 'perConversation' }).permissions).to.include('Update an opportunity note')
    })
  })

  describe('features of a connection', () => {
    let world: ConnectionWorld
    let organization: string

    before(async () => {
      world = await startConnectionWorld()
    })
    after(() => world.stop())
    beforeEach(async () => {
      organization = await world.newOrganization()
      Object.assign(world.neighbourhood, { calls: [], mapping: { mapped: 1, active: 1 } })
    })

    const change = (patch: SettingsPatch) => world.connections.changeSettings(organization, patch, ACTOR)
    const view = () => world.connections.describe(organization)
    const begin = (feature: Feature) => world.connections.assertFeature(organization, feature, { toBegin: true })
    const put = async (permissions: readonly string[]) =>
      world.connections.putApiKey(
        organization,
        { apiKey: await world.lever.newApiKey({ permissions: [...permissions] }), userEmail: ADMIN },
        ACTOR,
      )
    const permissionsOf = (...features: Feature[]) => neededPermissions(of(...features)).map(({ name }) => name)

    it('request from Lever what they need', async () => {
      await change({ features: ['conversations'] })

      const { opened } = await goThroughLever(world.lever, world.connections, organization)

      const asked = new URL(opened.leverUrl).searchParams.get('scope')?.split(' ')
      expect(asked).to.deep.equal(neededScopes(of('conversations')).map(({ name }) => name))
    })

    it('are off until they are chosen, and not granted until they are authorized; granted features continue', async () => {
      await world.authorize({ organization })
      expect(await rejection(begin('conversations'))).to.include({ code: 'feature_off', status: 409 })
      expect((await view()).authorizationNeeded).to.equal(false)

      await change({ features: ['export', 'conversations'] })

      const refused = await rejection(begin('conversations'))
      expect(refused).to.include({ code: 'scope_missing', status: 409 })
      expect(refused).to.have.deep.property('extra', {
        feature: 'conversations',
        scope: 'applications:read:admin',
        missing: ['applications:read:admin'],
      })
      await begin('export')
      const { features, authorizationNeeded, warnings, readyToActivate } = await view()
      expect(features).to.deep.equal([
        { feature: 'export', granted: true, missing: [] },
        { feature: 'conversations', granted: false, missing: ['applications:read:admin'] },
      ])
      expect({ authorizationNeeded, readyToActivate }).to.deep.equal({ authorizationNeeded: true, readyToActivate: true })
      expect(warnings).to.include('scope:applications:read:admin')

      await world.authorize({ organization })
      await begin('conversations')
      expect((await view()).authorizationNeeded).to.equal(false)
    })

    it('keep a connection inactive if Lever would refuse everything, until it is authorized again', async () => {
      await change({ features: ['conversations'] })
      await world.authorize({ organization })
      await world.connections.activate(organization, ACTOR)

      await change({ features: ['export'] })

      expect(await view()).to.deep.include({ status: 'configuring', readyToActivate: false, missing: ['authorization'] })
      expect(await rejection(world.connections.activate(organization, ACTOR))).to.have.deep.property('extra', {
        missing: ['authorization'],
      })
      expect(await rejection(world.connections.assertExporting(organization))).to.include({ code: 'scope_missing' })
      await world.authorize({ organization })
      expect(await view()).to.deep.include({ status: 'active', readyToActivate: true, missing: [] })
      await world.connections.assertExporting(organization)
    })

    it('resume waiting work when they change', async () => {
      await world.authorize({ organization })
      world.neighbourhood.calls.length = 0

      await change({ features: ['export', 'conversations'] })
      await change({ exportUnsuccessful: true })

      expect(world.neighbourhood.calls).to.deep.equal(['authorized'])
    })

    it('of an API key are tried when they are chosen, and name the permission that it lacks', async () => {
      await put(permissionsOf('export'))

      await change({ features: ['export', 'conversations'] })

      const lacked = permissionsOf('conversations').filter((permission) => !permissionsOf('export').includes(permission))
      expect(await rejection(begin('conversations'))).to.have.deep.property('extra', {
        feature: 'conversations',
        scope: lacked[0],
        missing: lacked,
      })
      expect((await view()).warnings).to.include(`permission:${lacked[0]}`)
      await begin('export')
      await put(permissionsOf('export', 'conversations'))
      await begin('conversations')
    })

    it('of an API key do not change while Lever is unreachable', async () => {
      await put(permissionsOf('export'))
      await world.lever.fault({ match: { path: '/notes' }, kind: 'status', status: 503, times: 20, headers: { 'retry-after': '0' } })

      expect(await rejection(change({ features: ['conversations'] }))).to.include({ code: 'lever_unavailable' })

      expect((await view()).settings.features).to.deep.equal(['export'])
      await world.lever.clearFaults()
    })

    it('of an older API key are tried automatically, and rewriting notes needs one more permission', async () => {
      await change({ features: ['conversations'] })
      await put(permissionsOf('conversations'))
      await change({ noteMode: 'perConversation' })
      expect(await rejection(begin('conversations'))).to.have.nested.property('extra.scope', 'Update an opportunity note')
      await ConnectionModel.updateOne({ organization }, { $unset: { 'auth.permissions': 1, 'auth.lackedPermissions': 1 } })
      await begin('conversations')

      await world.connections.tryOlderKeys()

      expect(await rejection(begin('conversations'))).to.have.nested.property('extra.scope', 'Update an opportunity note')
      const requests = (await world.lever.requests()).length
      await world.connections.tryOlderKeys()
      expect(await world.lever.requests()).to.have.lengthOf(requests)
    })
  })
})
