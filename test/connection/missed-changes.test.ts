import { expect } from 'chai'
import { Types } from 'mongoose'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { getConnection } from '../../src/connection/find-connection.ts'
import { forgetMissedChanges, isSilent, noteMissedChanges } from '../../src/connection/missed-changes.ts'
import { noteWebhook } from '../../src/connection/note-webhook.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

const EVENT = 'candidateStageChange'
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)

describe('changes that no delivery reported', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  /** With a signature token since an hour ago. */
  async function configured(webhook: object = { hand: { token: 'sealed', savedAt: ago(60) } }): Promise<string> {
    const organization = new Types.ObjectId().toHexString()
    await ConnectionModel.create({ organization, endpointKey: organization, status: 'active', webhooks: { [EVENT]: webhook } })
    return organization
  }
  const miss = async (organization: string, ...minutes: number[]) =>
    noteMissedChanges(await getConnection(organization), minutes.map((one) => ({ event: EVENT, at: ago(one) }))) // prettier-ignore
  const silent = async (organization: string) => isSilent(await getConnection(organization), EVENT)
  const total = async (organization: string) => (await getConnection(organization)).webhooks[EVENT]?.missed?.total ?? 0

  it('show that an event is silent from the second change on, over several sweeps', async () => {
    const organization = await configured()
    expect(await silent(organization)).to.equal(false)

    await miss(organization, 20)
    expect(await silent(organization)).to.equal(false)
    await miss(organization, 10)

    expect(await silent(organization)).to.equal(true)
    expect(await total(organization)).to.equal(2)
  })

  it('are reset as soon as one delivery arrives, and start over after it', async () => {
    const organization = await configured()
    await miss(organization, 20, 10)
    const { _id } = await getConnection(organization)

    await noteWebhook(_id, EVENT, { receivedAt: ago(5) })
    expect(await silent(organization)).to.equal(false)

    await miss(organization, 3)
    expect(await silent(organization)).to.equal(false)
    await miss(organization, 2)
    expect(await silent(organization)).to.equal(true)
    expect(await total(organization)).to.equal(4)
  })

  it('do not count if they are older than a delivery that arrived: single deliveries get lost', async () => {
    const organization = await configured({ hand: { token: 'sealed', savedAt: ago(60) }, lastReceivedAt: ago(5) })

    await miss(organization, 30, 20, 10)

    expect(await silent(organization)).to.equal(false)
    expect(await total(organization)).to.equal(3)
  })

  it('do not count from before a signature token existed', async () => {
    const organization = await configured()
    await miss(organization, 90, 80, 70)
    const without = await configured({})
    await miss(without, 3, 2, 1)

    expect(await silent(organization)).to.equal(false)
    expect(await silent(without)).to.equal(false)
  })

  it('do not count after a week or once the connection has ended', async () => {
    const organization = await configured({ hand: { token: 'sealed', savedAt: ago(60 * 24 * 30) } })
    await miss(organization, 60 * 24 * 9, 60 * 24 * 8)
    expect(await silent(organization)).to.equal(false)
    await miss(organization, 1)
    expect(await silent(organization)).to.equal(true)

    await forgetMissedChanges(organization)
    expect(await total(organization)).to.equal(0)
    await ConnectionModel.updateOne({ organization }, { status: 'disconnected' })
    await miss(organization, 2, 1)
    expect(await total(organization)).to.equal(0)
  })
})
