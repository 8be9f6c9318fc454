import { expect } from 'chai'
import { z } from 'zod'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { ACTOR } from './build-connections.ts'
import { startConnectionWorld, type ConnectionWorld } from './connection-world.ts'

describe('connection/api host', () => {
  let world: ConnectionWorld
  /** Where the service is configured to call; the account itself is in `world.lever`. */
  let front: LeverForTests
  let organization: string

  before(async () => {
    world = await startConnectionWorld()
    front = await startLever()
  })
  after(async () => {
    await front.stop()
    await world.stop()
  })
  beforeEach(async () => {
    organization = await world.newOrganization()
  })

  const movedBy = async (status: 301 | 302 | 307 | 308): Promise<void> => {
    await front.settings({ movedTo: { url: world.lever.apiUrl, status } })
    await world.authorize({ organization, connections: site() })
    await front.clearRequests()
  }
  /** As another process would have it. */
  const site = () => world.another({ apiUrl: front.apiUrl })
  const call = async () =>
    (await site().leverClient(organization)).get(leverPath`/users`, {
      query: { limit: 1 },
      schema: z.object({ data: z.array(z.unknown()) }),
    })

  for (const status of [301, 308] as const)
    it(`is learned from a ${status}, stored, and called directly by every process from then on`, async () => {
      await movedBy(status)

      await call()
      expect((await site().describe(organization)).apiHost).to.equal(new URL(world.lever.apiUrl).host)
      await front.clearRequests()
      expect((await call()).data).to.have.length(1)

      expect(await front.requests()).to.deep.equal([])
    })

  for (const status of [302, 307] as const)
    it(`is asked again each time after a ${status}`, async () => {
      await movedBy(status)

      await call()
      await call()

      expect((await site().describe(organization)).apiHost).to.equal(null)
      expect((await front.requests()).map((request) => request.status)).to.deep.equal([status, status])
    })

  it('creates webhooks at the address to which writes are redirected', async () => {
    await movedBy(308)

    await site().provisionWebhooks(organization, ACTOR)

    const { endpointKey } = await site().get(organization)
    expect((await world.lever.webhooks()).filter(({ url }) => url.includes(endpointKey))).to.have.length(5)
  })

  it('is not used for another configured address or if it could not be followed, and is forgotten with the connection', async () => {
    await movedBy(301)
    await call()
    await front.settings({ movedTo: null })

    await ConnectionModel.updateOne({ organization }, { $set: { 'leverApi.configured': 'http://127.0.0.1:1/v1' } })
    expect(await (await site().leverClient(organization)).get(leverPath`/users`, { schema: z.unknown() }).catch(String)).to.match(/401/)
    await ConnectionModel.updateOne({ organization }, { $set: { leverApi: { configured: front.apiUrl, url: 'https://evil.example/v1' } } })
    await front.clearRequests()
    await call().catch(() => undefined)
    expect((await front.requests()).length).to.be.greaterThan(0)

    await site().disconnect(organization, ACTOR)
    expect((await ConnectionModel.findOne({ organization }).orFail()).leverApi).to.equal(undefined)
  })
})
