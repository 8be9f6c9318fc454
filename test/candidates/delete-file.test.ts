import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { restore, stub } from 'sinon'
import { dropAllResumesOf, keepResumeFile } from '../../src/candidates/resume-files.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

/** Lets the process die after the first of the commands that delete a file. */
async function dieAfterOneDelete(run: () => Promise<unknown>): Promise<void> {
  let deletes = 0
  for (const name of ['deleteOne', 'deleteMany'] as const) {
    const stubbed = stub(mongoose.mongo.Collection.prototype, name)
    stubbed.callsFake(async function (this: mongoose.mongo.Collection, ...given) {
      deletes += 1
      if (deletes > 1) throw new Error('killed')
      return stubbed.wrappedMethod.apply(this, given)
    })
  }
  await run().catch(() => undefined)
  restore()
}

describe('deleting a file', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  const count = async (kind: string) => mongoose.connection.collection(`resumes.${kind}`).countDocuments()

  it('is completed by the next try if the process dies within it', async () => {
    const organization = new Types.ObjectId().toHexString()
    const about = { organization, candidate: new Types.ObjectId().toHexString(), filename: 'cv.txt', contentType: 'text/plain' }
    await keepResumeFile({ ...about, sha256: '', bytes: Buffer.from('Zsófia Quixley, engineer') })

    await dieAfterOneDelete(() => dropAllResumesOf(organization))
    await dropAllResumesOf(organization)

    expect([await count('files'), await count('chunks')]).to.deep.equal([0, 0])
  })
})
