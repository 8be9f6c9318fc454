import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { featureProblem } from '../../src/connection/feature-state.ts'
import type { Feature } from '../../src/connection/features.ts'
import { getConnection } from '../../src/connection/find-connection.ts'
import { missingScopes } from '../../src/connection/lever-access.ts'
import { adoptFeatures } from '../../src/operators/adopt-features.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { stepContext } from '../support/step-context.ts'

/** What an authorization for exporting was given before there were features. */
const OLDER_GRANT = [
  'offline_access', 'opportunities:write:admin', 'notes:write:admin', 'users:read:admin', 'postings:read:admin', 'stages:read:admin',
  'archive_reasons:read:admin', 'requisitions:read:admin', 'sources:read:admin', 'contact:read:admin', 'webhooks:write:admin',
] // prettier-ignore

describe('operators/adopt features', () => {
  before(() => connectEmptyDatabase())
  after(() => leaveDatabase())
  beforeEach(() => ConnectionModel.deleteMany())

  let count = 0
  async function store(older: { webhookSet?: string; scopes?: string[]; kind?: 'oauth' | 'apiKey'; talks?: boolean }): Promise<string> {
    count += 1
    const organization = new Types.ObjectId()
    const { webhookSet = 'export', scopes = OLDER_GRANT, kind = 'oauth', talks = false } = older
    await ConnectionModel.collection.insertOne({
      organization,
      endpointKey: `key-${count}`,
      status: 'active',
      auth: kind === 'oauth' ? { kind, scopes } : { kind, lastFour: '9f3c' },
      grant: { generation: 1 },
      settings: { webhookSet, noteMode: 'perPause', sourceName: 'kept' },
    })
    if (talks) await mongoose.connection.collection('conversations').insertOne({ organization, externalId: 'talk' })
    return organization.toHexString()
  }
  const adopted = async (older: Parameters<typeof store>[0]) => {
    const organization = await store(older)
    await adoptFeatures(stepContext())
    return getConnection(organization)
  }
  const problemOf = (connection: Awaited<ReturnType<typeof getConnection>>, feature: Feature) =>
    featureProblem(connection, feature)?.code ?? null

  it('gives each connection the features that it uses', async () => {
    const featuresOf = async (older: Parameters<typeof store>[0]) => (await adopted(older)).settings.features

    expect(await featuresOf({ webhookSet: 'export' })).to.deep.equal(['export'])
    expect(await featuresOf({ webhookSet: 'feedback' })).to.deep.equal(['export'])
    expect(await featuresOf({ webhookSet: 'hires' })).to.deep.equal(['export'])
    expect(await featuresOf({ webhookSet: 'communication' })).to.deep.equal(['export', 'conversations'])
    expect(await featuresOf({ webhookSet: 'export', talks: true })).to.deep.equal(['export', 'conversations'])
  })

  it('lets working features continue without a new authorization, and still shows what the next one will request', async () => {
    const connection = await adopted({ webhookSet: 'export', talks: true })

    expect([problemOf(connection, 'export'), problemOf(connection, 'conversations')]).to.deep.equal([null, null])
    expect(missingScopes(connection.settings, connection.auth.scopes ?? [])).to.deep.equal(['applications:read:admin'])
  })

  it('names what Lever would refuse', async () => {
    const connection = await adopted({ webhookSet: 'communication', scopes: OLDER_GRANT.filter((scope) => scope !== 'notes:write:admin') })

    expect(featureProblem(connection, 'conversations')?.extra).to.deep.include({ missing: ['notes:write:admin'] })
    expect(problemOf(await adopted({ kind: 'apiKey' }), 'export')).to.equal(null)
  })

  it('can run again, and leaves alone what an admin has chosen since', async () => {
    const organization = await store({ webhookSet: 'communication' })
    await adoptFeatures(stepContext())
    const first = await ConnectionModel.collection.findOne({ organization: new Types.ObjectId(organization) })

    await adoptFeatures(stepContext())

    expect(await ConnectionModel.collection.findOne({ organization: new Types.ObjectId(organization) })).to.deep.equal(first)
    expect(first?.['settings']).to.deep.equal({ features: ['export', 'conversations'], noteMode: 'perPause', sourceName: 'kept' })
    await ConnectionModel.collection.updateOne({}, { $set: { 'settings.features': ['conversations'], 'settings.webhookSet': 'export' } })
    await adoptFeatures(stepContext())
    expect((await getConnection(organization)).settings.features).to.deep.equal(['conversations'])
  })

  it('refuses nothing for a connection that was not adopted yet', async () => {
    const connection = await getConnection(await store({ webhookSet: 'communication' }))

    expect([problemOf(connection, 'export'), connection.settings.features]).to.deep.equal([null, ['export', 'conversations']])
  })
  it('ignores values that a later version has stored', async () => {
    const organization = await store({})
    await ConnectionModel.collection.updateOne({}, { $set: { 'settings.features': ['telepathy', 'export'] } })

    expect((await getConnection(organization)).settings.features).to.deep.equal(['export'])
  })
})
