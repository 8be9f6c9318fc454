import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { dropUnfinishedFiles } from '../../src/candidates/unfinished-files.ts'
import { dropOrphanedFiles } from '../../src/candidates/import-files.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

const BUCKET = 'candidate_import_files'

describe('file that a killed process was writing', () => {
  before(connectEmptyDatabase)
  beforeEach(async () => {
    await Promise.all(['files', 'chunks'].map(async (kind) => mongoose.connection.collection(`${BUCKET}.${kind}`).deleteMany({})))
  })
  after(leaveDatabase)

  async function beginFile(hoursAgo: number): Promise<Types.ObjectId> {
    const id = Types.ObjectId.createFromTime(Math.floor(Date.now() / 1000) - hoursAgo * 3600)
    const pieces = [0, 1].map((n) => ({ files_id: id, n, data: new mongoose.mongo.Binary(Buffer.from('Zsófia,z@quixley.example')) }))
    await mongoose.connection.collection(`${BUCKET}.chunks`).insertMany(pieces)
    return id
  }

  const pieces = async () => mongoose.connection.collection(`${BUCKET}.chunks`).countDocuments()

  it('is deleted after a day, piece by piece; one in progress and complete ones remain', async () => {
    await beginFile(25)
    await beginFile(1)
    const whole = await beginFile(26)
    await mongoose.connection.collection(`${BUCKET}.files`).insertOne({ _id: whole, length: 1, chunkSize: 1, uploadDate: new Date() })

    expect(await dropUnfinishedFiles(BUCKET)).to.equal(1)
    expect(await pieces()).to.equal(4)
  })

  it('is found among the orphans of imports', async () => {
    await beginFile(25)

    expect(await dropOrphanedFiles()).to.equal(1)
    expect(await pieces()).to.equal(0)
  })
})
