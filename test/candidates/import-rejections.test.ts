import { expect } from 'chai'
import { Types } from 'mongoose'
import { forgetRejections } from '../../src/candidates/import-rejections.ts'
import { ImportRejectionModel } from '../../src/candidates/import-rejection-model.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

describe('a person in rejected rows', () => {
  const organization = new Types.ObjectId().toHexString()
  const person = ['Li', 'l.i+work@a-b.example', '+36 1 234-5678', 'https://s.example/li_(1)']

  before(connectEmptyDatabase)
  beforeEach(async () => void (await ImportRejectionModel.deleteMany({})))
  after(leaveDatabase)

  async function remaining(...rows: string[][]): Promise<number[]> {
    const about = { organization, import: new Types.ObjectId(), message: 'emails is not nice.', expiresAt: new Date(Date.now() + 60_000) }
    await ImportRejectionModel.create(rows.map((cells, line) => ({ ...about, line, cells })))
    await forgetRejections(organization, person)
    return (await ImportRejectionModel.find().sort({ line: 1 }).lean()).map(({ line }) => line) // prettier-ignore
  }

  for (const [what, cells] of [
    ['name', ['LI', 'engineer']],
    ['email in another case, within a text', ['write to <L.I+Work@A-B.example>!']],
    ['phone, written otherwise', ['0', '(36 1) 2345678']],
    ['link', ['see https://s.example/li_(1)/about']],
  ] as const) {
    it(`is found by ${what}`, async () => {
      expect(await remaining([...cells], ['Ana'])).to.deep.equal([1])
    })
  }

  it('is not confused with others whose name contains theirs', async () => {
    expect(await remaining(['Lisa Olin', 'lisa@a.example'], ['Ali'])).to.deep.equal([0, 1])
  })
})
