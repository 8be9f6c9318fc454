import { expect } from 'chai'
import { MongoClient, ObjectId } from 'mongodb'
import { freePort } from '../../scripts/free-port.ts'
import { freshMongoUri } from '../support/mongo.ts'
import { startServe } from '../support/serve.ts'
import { SECRET_KEYS } from '../support/service.ts'

describe('eraseWhenDeletedInLever, switched on by an earlier version', function () {
  this.timeout(90_000)
  let uri: string
  let client: MongoClient

  before(async () => {
    uri = freshMongoUri()
    client = await MongoClient.connect(uri)
  })
  after(async () => {
    await client.db().dropDatabase()
    await client.close()
  })

  const connections = () => client.db().collection('connections')

  async function startOnce(): Promise<void> {
    const port = String(await freePort())
    const serve = await startServe({ PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, MONGODB_URI: uri, SECRET_KEYS })
    await serve.end('SIGKILL')
  }

  it('counts from the first start of this version, which is stored once; a disabled setting gets no date', async () => {
    const on = { organization: new ObjectId(), endpointKey: 'on', status: 'disconnected', settings: { eraseWhenDeletedInLever: true } }
    const off = { organization: new ObjectId(), endpointKey: 'off', status: 'disconnected', settings: { eraseWhenDeletedInLever: false } }
    await connections().insertMany([on, off])
    const since = async (endpointKey: string) =>
      (await connections().findOne({ endpointKey }))?.['settings']?.eraseWhenDeletedInLeverSince as Date | undefined
    const before = Date.now()

    await startOnce()
    const first = await since('on')
    await startOnce()

    expect(first?.getTime()).to.be.within(before, Date.now())
    expect([await since('on'), await since('off')]).to.deep.equal([first, undefined])
  })
})
