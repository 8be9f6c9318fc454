import { expect } from 'chai'
import { MongoClient, MongoServerError } from 'mongodb'
import { toServiceError } from '../../../src/web/shell/problem.ts'
import { eventually } from '../../support/eventually.ts'
import { emptyMongoUri } from '../../support/mongo.ts'
import { rejection } from '../../support/rejection.ts'

describe('an error of the database', () => {
  /** The error of a command whose client is closed before the answer arrives. */
  async function interrupted(): Promise<Error> {
    const client = await MongoClient.connect(emptyMongoUri())
    const collection = client.db().collection('slow')
    await collection.insertOne({})
    const slow = rejection(collection.findOne({ $where: 'sleep(3000) || true' }))
    await eventually('the command runs', async () => {
      const { inprog } = await client.db().admin().command({ currentOp: 1, ns: collection.namespace })
      return (inprog as unknown[]).length > 0
    })
    await client.close(true)
    return slow
  }

  it('is storage_unavailable if the process closed its connection during the command', async () => {
    const error = await interrupted()

    expect(error.name).to.equal('MongoClientClosedError')
    expect(toServiceError(error)).to.include({ code: 'storage_unavailable', status: 503 })
  })

  for (const name of [
    'MongoServerSelectionError',
    'MongoNetworkTimeoutError',
    'MongoNotConnectedError',
    'MongoTopologyClosedError',
    'MongoPoolClosedError',
    'MongoPoolClearedError',
    'MongoWaitQueueTimeoutError',
    'MongoWriteConcernError',
  ]) {
    it(`is storage_unavailable if it is a ${name}`, () => {
      expect(toServiceError(Object.assign(new Error('x'), { name }))).to.include({ code: 'storage_unavailable', status: 503 })
    })
  }

  it('is internal_error if the command itself is wrong', () => {
    expect(toServiceError(new MongoServerError({ message: 'unknown operator', code: 2 }))).to.include({
      code: 'internal_error',
      status: 500,
    })
  })
})
