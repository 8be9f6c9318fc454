import { expect } from 'chai'
import { Types } from 'mongoose'
import { CandidateImportModel, type CandidateImportDocument } from '../../src/candidates/candidate-import-model.ts'
import { CandidateInput } from '../../src/candidates/candidate-input.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import type { Candidates } from '../../src/candidates/candidates.ts'
import { dropOrphanedFiles } from '../../src/candidates/import-files.ts'
import { ImportRejectionModel } from '../../src/candidates/import-rejection-model.ts'
import type { ImportEnd } from '../../src/candidates/note-import-end.ts'
import { runImport } from '../../src/candidates/run-import.ts'
import { claimWork, LeaseLost } from '../../src/work/claim.ts'
import { eventually } from '../support/eventually.ts'
import { candidatesAlone } from '../support/candidates.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { nobodyErased } from '../support/nobody-erased.ts'
import { rejection } from '../support/rejection.ts'

const ends: ImportEnd[] = []
const alone = { erased: nobodyErased, watchStages: async () => null, noteEnd: (end: ImportEnd) => void ends.push(end) }
const stranger = new Types.ObjectId().toHexString()

async function* pieces(file: string, pieceBytes = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(file)
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/** Over 1 MB: `rows` people with a long headline, each tenth line bad. */
function longFile(rows: number): string {
  const filler = 'x'.repeat(1500)
  const lines = Array.from({ length: rows }, (_, at) =>
    at % 10 === 9 ? `Bad ${at},,${filler}` : `Person ${at},p${at}@long.example,${filler}`,
  )
  return `name,email,headline\n${lines.join('\n')}\n`
}

describe('candidate import', () => {
  let candidates: Candidates
  let organization: string

  async function importNow(file: string, into = organization) {
    const { importId, ended } = await candidates.importFile(into, pieces(file), { actor: 'user:1' })
    if (!ended) throw new Error('the file was taken for a long one')
    const { created, updated, rejected, rejectedCount } = await candidates.getImport(into, importId, undefined)
    return { created, updated, rejected, rejectedCount }
  }
  async function startLong(file: string): Promise<string> {
    const { importId, ended } = await candidates.importFile(organization, pieces(file), { actor: 'user:1' })
    if (ended) throw new Error('the file was taken for a short one')
    return importId
  }
  const claimOne = async (leaseMs: number) => {
    const [claimed] = await claimWork<CandidateImportDocument>(CandidateImportModel, { statuses: ['running'], atMost: 1, leaseMs })
    if (!claimed) throw new Error('nothing to claim')
    return claimed
  }
  const all = async () => CandidateModel.find({ organization }).sort({ _id: 1 }).lean()
  const fileCount = async () => CandidateModel.db.collection('candidate_import_files.files').countDocuments()

  before(async () => {
    await connectEmptyDatabase()
    candidates = candidatesAlone()
  })
  beforeEach(async () => {
    organization = new Types.ObjectId().toHexString()
    await CandidateImportModel.deleteMany({})
  })
  after(leaveDatabase)

  it('creates candidates from the good lines and reports the bad ones', async () => {
    const summary = await importNow(
      'name,email,link\nAna,ana@a.example,\nBob,,\n,cyd@a.example,\nDee,not-an-address,\nEve,,https://a.example/eve\n',
    )

    expect(summary).to.deep.equal({
      created: 2,
      updated: 0,
      rejected: [
        { line: 3, message: 'The row is incomplete: at least one email or link is required.' },
        { line: 4, message: 'The name is required.' },
        { line: 5, message: 'The column "email" has a value that is not an email address.' },
      ],
      rejectedCount: 3,
    })
    expect((await all()).map(({ name }) => name)).to.deep.equal(['Ana', 'Eve'])
  })

  it('creates no duplicates when the same file is imported twice, even at the same time', async () => {
    const file = 'name,email,link\nAna,ana@a.example,\nEve,,https://www.linkedin.com/in/eve/\nAna,ANA@a.example ,\n'

    const [one, other] = await Promise.all([importNow(file), importNow(file)])
    const third = await importNow(file.replace('www.linkedin.com/in/eve/', 'linkedin.com/in/Eve'))

    expect((one?.created ?? 0) + (other?.created ?? 0)).to.equal(2)
    expect(third).to.include({ created: 0, updated: 3 })
    expect(await all()).to.have.length(2)
  })

  it('matches by profile before email address, and prefers the candidate with the same name', async () => {
    await importNow(
      'externalId,name,email,link\n1,By Link,old@a.example,https://www.linkedin.com/in/p\n2,By Email,shared@a.example,\n3,Namesake,shared@a.example,\n',
    )

    await importNow('name,email,link,stage\nRenamed,shared@a.example,https://www.linkedin.com/in/p,one\nNamesake,shared@a.example,,two\n')

    expect((await all()).map(({ externalId, name, stage }) => [externalId, name, stage])).to.deep.equal([
      ['1', 'Renamed', 'one'],
      ['2', 'By Email', undefined],
      ['3', 'Namesake', 'two'],
    ])
  })

  it('does not match by an email address that an earlier row removed', async () => {
    await importNow('externalId,name,email\n1,Ana,old@a.example\n')

    const summary = await importNow('externalId,name,email\n1,Ana,new@a.example\n,Bob,old@a.example\n')

    expect(summary).to.include({ created: 1, updated: 1 })
  })

  it('updates a known externalId: given cells replace, empty cells change nothing', async () => {
    const { candidate } = await candidates.create(
      organization,
      CandidateInput.parse({ externalId: 'x1', name: 'Ana', emails: ['a@a.example'], headline: 'Old', tags: ['go'] }),
      'all',
    )

    const summary = await importNow('externalId,headline,tags,stage\nx1,New,,qualified\n')

    expect(summary).to.include({ created: 0, updated: 1 })
    expect(await candidates.get(organization, candidate.id, 'all')).to.deep.include({
      name: 'Ana',
      headline: 'New',
      tags: ['go'],
      stage: 'qualified',
    })
  })

  it('creates a new candidate for an unknown externalId, even if another candidate has the email address', async () => {
    await importNow('externalId,name,email\n1,Ana,a@a.example\n')

    expect(await importNow('externalId,name,email\n2,Bob,a@a.example\n')).to.include({ created: 1, updated: 0 })
  })

  it('matches no candidate of another organization', async () => {
    await importNow('externalId,name,email\n1,Ana,a@a.example\n', stranger)

    expect(await importNow('externalId,name,email\n1,Ana,a@a.example\n,Ana,a@a.example\n')).to.include({ created: 1, updated: 1 })
  })

  it('lists at most 1,000 rejected rows and counts all', async () => {
    const summary = await importNow(`name,email\n${'x,\n'.repeat(1200)}Ana,a@a.example\n`)

    expect(summary).to.include({ created: 1, rejectedCount: 1200 })
    expect(summary.rejected).to.have.length(1000)
    expect(summary.rejected.at(-1)?.line).to.equal(1001)
  })

  it('wins over a concurrent API call that takes the externalId', async () => {
    const rows = Array.from({ length: 60 }, (_, at) => `r${at},Row ${at},r${at}@a.example`)
    const api = Array.from({ length: 60 }, (_, at) =>
      CandidateInput.parse({ externalId: `r${at}`, name: `Row ${at}`, emails: [`r${at}@a.example`] }),
    )

    const [summary] = await Promise.all([
      importNow(`externalId,name,email\n${rows.join('\n')}`),
      ...api.map(async (input) => candidates.create(organization, input, 'all')),
    ])

    expect(summary.created + summary.updated).to.equal(60)
    expect(await all()).to.have.length(60)
  })

  it('imports a file over 1 MB in the background, and reports progress', async () => {
    const importId = await startLong(longFile(1000))
    expect(await candidates.getImport(organization, importId, undefined)).to.include({ status: 'running', linesDone: 0 })

    const worker = candidates.startImportWorker(50)
    const done = await eventually('the import ends', async () => {
      const progress = await candidates.getImport(organization, importId, undefined)
      return progress.status === 'running' ? null : progress
    })
    await worker.stop(1000)

    expect(done).to.include({ status: 'finished', linesDone: 1001, created: 900, updated: 0, rejectedCount: 100 })
    expect(done.rejected[0]).to.deep.equal({ line: 11, message: 'The row is incomplete: at least one email or link is required.' })
    expect(await fileCount()).to.equal(0)
    expect(await rejection(candidates.getImport(stranger, importId, undefined))).to.include({ code: 'not_found' })
  })

  /** A long file with one good row; in each other cells that begin formulas. */
  const badRows = (rows: number): string =>
    `name,email,summary\n${Array.from({ length: rows }, (_, at) => `=Row ${at},,"-${'x'.repeat(1100)}, +1"\n`).join('')}Good,good@a.example,\n`

  async function importLong(file: string): Promise<{ importId: string; csv: string }> {
    const importId = await startLong(file)
    await runImport(await claimOne(60_000), alone)
    return { importId, csv: await rejectedCsv(importId) }
  }
  async function rejectedCsv(importId: string): Promise<string> {
    let csv = ''
    for await (const piece of await candidates.getRejectedCsv(organization, importId, undefined)) csv += piece
    return csv
  }

  it('stores the first 1,000 rejected rows of a long file, counts all, and returns them as a CSV to correct and import again', async () => {
    const { importId, csv } = await importLong(badRows(1600))

    const [header, first, ...others] = csv.split('\r\n')
    expect(header).to.equal('\uFEFFLine,Rejected because,name,email,summary')
    expect(first).to.match(/^2,The row is incomplete: at least one email or link is required\.,'=Row 0,,"'-x+, \+1"$/)
    expect(others).to.have.length(1000)
    const { rejected, rejectedCount } = await candidates.getImport(organization, importId, undefined)
    expect([rejected.length, rejectedCount]).to.deep.equal([1000, 1600])
    expect(await ImportRejectionModel.countDocuments({ import: importId })).to.equal(1000)
    expect(await rejection(candidates.getRejectedCsv(stranger, importId, undefined))).to.include({ code: 'not_found' })

    let corrected = 0
    const again = await importLong(csv.replaceAll(',,"', () => `,again${(corrected += 1)}@a.example,"`))

    expect(again.csv).to.equal(`${header}\r\n`)
    expect(await CandidateModel.countDocuments({ organization, name: /^=Row/, summary: /^-x/ })).to.equal(1000)
  }).timeout(40_000)

  it('stores no cells of rejected rows about an erased person, not even from unreadable rows', async () => {
    const filler = 'x'.repeat(1_100_000 / 20)
    const rows = ['Ann,ann@gone.example,,', `Ann,ann@gone.example;foo,,`, 'Ann,,https://gone.example/ann,"', 'Bob,foo,,']
    await startLong(`name,email,link,summary\n${rows.join('\n')}\n${`Filler,,,${filler}\n`.repeat(20)}`)
    const claimed = await claimOne(60_000)
    const among = async (_: string, keys: readonly string[]) => new Set(keys.filter((key) => key.includes('gone.example')))

    await runImport(claimed, { ...alone, erased: { among, lift: async () => undefined } })

    const csv = await rejectedCsv(String(claimed.document._id))
    expect(csv.split('\r\n').slice(1, 5)).to.deep.equal([
      '2,The person was erased here (erased): import with allowErased=true to add the people in this file again.',
      '3,"The column ""email"" has a value that is not an email address (entry 2)."',
      '4,"A quotation mark in line 4 opens a cell that is not closed properly: end the cell with a quotation mark, and double those inside it."',
      '5,"The column ""email"" has a value that is not an email address.",Bob,foo,,',
    ])
  })

  it('continues in another process when one was killed, and counts no row twice', async function () {
    this.timeout(180_000) // the second process reads a thousand rows one at a time
    const importId = await startLong(longFile(1500))
    const killed = await claimOne(60_000)
    let batches = 0
    const takenOver = async (): Promise<null> => {
      if ((batches += 1) === 2) await CandidateImportModel.updateOne({}, { $set: { claim: 'somebody else', leaseUntil: new Date(0) } })
      return null
    }
    expect(await rejection(runImport(killed, { ...alone, watchStages: takenOver }))).to.be.instanceOf(LeaseLost)
    expect((await candidates.getImport(organization, importId, undefined)).linesDone).to.be.within(1, 1000)

    await runImport(await claimOne(60_000), alone)

    expect(await candidates.getImport(organization, importId, undefined)).to.include({
      status: 'finished',
      linesDone: 1501,
      created: 1350,
      updated: 0,
      rejectedCount: 150,
    })
    expect(await all()).to.have.length(1350)
    expect(ends.filter((end) => end.import === importId)).to.deep.equal([
      { organization, import: importId, outcome: 'finished', created: 1350, updated: 0, rejected: 150 },
    ])
  })

  it('leaves out a row at which workers died three times, and imports all others', async () => {
    const lines = longFile(900).split('\n')
    lines.splice(20, 0, 'Poison,poison@long.example,x')
    const importId = await startLong(lines.join('\n'))
    let tries = 0
    const among = async (_: string, keys: readonly string[]): Promise<Set<string>> => {
      if (!keys.includes('poison@long.example')) return new Set()
      tries += 1
      throw new Error('the worker ends here')
    }
    const deps = { ...alone, erased: { among, lift: async () => undefined } }

    await eventually('the import ends', async () => {
      const claimed = await claimOne(1).catch(() => null)
      if (claimed) await runImport(claimed, deps).catch(() => undefined)
      return (await candidates.getImport(organization, importId, undefined)).status === 'finished'
    })

    const done = await candidates.getImport(organization, importId, undefined)
    expect(done).to.include({ linesDone: 902, created: 810, updated: 0, rejectedCount: 91 })
    expect(done.rejected.find(({ line }) => line === 21)?.message).to.match(/interrupted 3 times at this row/)
    expect(tries).to.equal(4) // once with all of its batch
  })

  it('fails with a message if the file is lost', async () => {
    const importId = await startLong(longFile(800))
    await CandidateModel.db.collection('candidate_import_files.files').deleteMany({})
    await CandidateModel.db.collection('candidate_import_files.chunks').deleteMany({})

    await runImport(await claimOne(60_000), alone)

    const failed = await candidates.getImport(organization, importId, undefined)
    expect(failed.status).to.equal('failed')
    expect(failed.error?.detail).to.contain('send it again')
    expect(ends.at(-1)).to.include({ import: importId, outcome: 'failed', code: 'internal_error' })
  })

  it('refuses a long file without a usable header at once, and stores nothing of it or of an interrupted upload', async () => {
    async function* breaking() {
      yield* pieces(longFile(800))
      throw new Error('the line is cut')
    }

    expect(await rejection(candidates.importFile(organization, pieces('x'.repeat(2_000_000)), { actor: 'user:1' }))).to.include({
      code: 'invalid_request',
    })
    expect(await rejection(candidates.importFile(organization, breaking(), { actor: 'user:1' }))).to.include({ message: 'the line is cut' })
    expect(await fileCount()).to.equal(0)
    expect(await CandidateImportModel.countDocuments({ organization })).to.equal(0)
  })

  it('deletes old files that no running import reads', async () => {
    await startLong(longFile(800))
    await startLong(longFile(800))
    const [orphan] = await CandidateImportModel.find({ organization }).lean()
    await CandidateImportModel.deleteOne({ _id: orphan?._id })
    await CandidateModel.db.collection('candidate_import_files.files').updateMany({}, { $set: { uploadDate: new Date(0) } })

    expect(await dropOrphanedFiles()).to.equal(1)
    expect(await fileCount()).to.equal(1)
  })
})
