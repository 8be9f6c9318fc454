import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { dropAllResumesOf, keepResumeFile } from '../../src/candidates/resume-files.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

/** Lets the process die after the first of two commands that delete a file. */
async function dieAfterOneDelete(run: () => Promise<unknown>): Promise<void> {
  const collection = mongoose.mongo.Collection.prototype
  const { deleteOne, deleteMany } = collection
  let deletes = 0
  const once = (original: typeof deleteMany) =>
    async function (this: mongoose.mongo.Collection, ...given: Parameters<typeof deleteMany>) {
      deletes += 1
      if (deletes > 1) throw new Error('killed')
      return original.apply(this, given)
    }
  Object.assign(collection, { deleteOne: once(deleteOne as never), deleteMany: once(deleteMany) })
  try {
    await run().catch(() => undefined)
  } finally {
    Object.assign(collection, { deleteOne, deleteMany })
  }
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
