import { expect } from 'chai'
import { Types } from 'mongoose'
import { ExportModel, type ExportDocument } from '../../../src/export/export-model.ts'
import { readBeside } from '../../../src/export/run/resolve-older-intents.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'

describe('the look-up of older exports', () => {
  const organization = new Types.ObjectId()

  before(connectEmptyDatabase)
  after(leaveDatabase)

  async function failedWith(candidate: Types.ObjectId, emails: string[]): Promise<string> {
    const failed = { organization, candidate, status: 'failed', dueAt: new Date(), intent: { at: new Date(), emails } }
    return String((await ExportModel.collection.insertOne(failed)).insertedId)
  }
  const of = (candidate: Types.ObjectId) => ({ _id: new Types.ObjectId(), organization, candidate }) as ExportDocument

  it("returns only the same person's exports, by candidate or email, when several exports ask at once", async () => {
    const [ana, bo, cy] = [new Types.ObjectId(), new Types.ObjectId(), new Types.ObjectId()]
    const ofAna = await failedWith(ana, [])
    const byAddress = await failedWith(new Types.ObjectId(), ['bo@a.example'])

    const beside = await Promise.all([readBeside(of(ana), ['ana@a.example']), readBeside(of(bo), ['bo@a.example']), readBeside(of(cy), [])])

    expect(beside.map(({ older }) => older.map(({ _id }) => String(_id)))).to.deep.equal([[ofAna], [byAddress], []])
  })

  it('does not return the export that asks', async () => {
    const candidate = new Types.ObjectId()
    const id = await failedWith(candidate, [])

    expect((await readBeside({ ...of(candidate), _id: new Types.ObjectId(id) }, [])).older).to.deep.equal([])
  })
})
