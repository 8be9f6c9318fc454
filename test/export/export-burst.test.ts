import { expect } from 'chai'
import { Types } from 'mongoose'
import { hasExportBurst } from '../../src/export/export-burst.ts'
import { ExportModel, type ExportState } from '../../src/export/export-model.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

describe('burst of exports', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  const organization = new Types.ObjectId().toHexString()
  const add = (count: number, fields: { status?: ExportState; dueAt?: Date; organization?: string } = {}) =>
    ExportModel.insertMany(
      Array.from({ length: count }, () => ({
        organization,
        status: 'queued',
        candidate: new Types.ObjectId(),
        requestedBy: 'bo@acme.example',
        onDuplicate: 'stop',
        dueAt: new Date(0),
        ...fields,
      })),
    )

  it('begins at twenty due exports of one organization, whatever else is stored', async () => {
    await add(15)
    await add(4, { status: 'checking' })
    await add(20, { status: 'exported' })
    await add(20, { dueAt: NEVER })
    await add(20, { organization: new Types.ObjectId().toHexString() })
    expect(await hasExportBurst(organization)).to.equal(false)

    await add(1)

    expect(await hasExportBurst(organization)).to.equal(true)
  })
})
