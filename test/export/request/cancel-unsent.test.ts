import { expect } from 'chai'
import { Types } from 'mongoose'
import { ExportModel } from '../../../src/export/export-model.ts'
import { cancelUnsent } from '../../../src/export/request/change-export.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'

const MANY = 2000
const MOST_TRIES = 50

describe('when a connection ends,', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  const made = (organization: Types.ObjectId, status: string, dueAt = new Date(0)) => ({
    _id: new Types.ObjectId(),
    organization,
    status,
    dueAt,
    lane: 0,
    fence: 0,
    intent: null,
  })

  /** Resolves to the exports that are left, and to whether a worker took the last one while others were being canceled. */
  async function cancelWhileOneIsTaken(): Promise<{ wasTaken: boolean; left: object[] }> {
    const organization = new Types.ObjectId()
    const many = (status: string) => Array.from({ length: MANY }, () => made(organization, status))
    const last = made(organization, 'queued', new Date(1000))
    await ExportModel.collection.insertMany([...many('exported'), ...many('queued'), last, ...many('exported')])

    const canceled = cancelUnsent(String(organization))
    while (!(await ExportModel.exists({ organization, status: 'canceled' }))); // sooner than `eventually` would notice
    const taken = await ExportModel.collection.updateOne({ _id: last._id, status: 'queued' }, { $set: { status: 'checking' } })
    await canceled

    const left = await ExportModel.find({ organization, status: { $nin: ['exported', 'canceled'] } }, { status: 1 }).lean()
    return { wasTaken: taken.modifiedCount === 1, left }
  }

  it('an export that a worker begins to check while others are being canceled is canceled too', async () => {
    let wasTaken = false
    // a busy machine may cancel all of them before the worker's turn: then it tries again
    for (let tries = 0; tries < MOST_TRIES && !wasTaken; tries += 1) {
      const tried = await cancelWhileOneIsTaken()
      expect(tried.left).to.deep.equal([])
      wasTaken = tried.wasTaken
    }

    expect(wasTaken).to.equal(true)
  })
})
