import { expect } from 'chai'
import { CandidateImportModel } from '../../src/candidates/candidate-import-model.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import type { Candidates } from '../../src/candidates/candidates.ts'
import { candidateImportEndpoints } from '../../src/web/api/candidate-imports.ts'
import { candidateEndpoints } from '../../src/web/api/candidates.ts'
import { eventually } from '../support/eventually.ts'
import { candidatesAlone } from '../support/candidates.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { textRow, xlsx } from './xlsx/build-xlsx.ts'
import { startWeb, type RunningWeb } from '../support/web.ts'

const MB = 1024 * 1024
const CSV = { 'content-type': 'text/csv' }

interface Candidate {
  id: string
  name: string
}

describe('candidates over HTTP', () => {
  let web: RunningWeb
  let candidates: Candidates

  before(async () => {
    await connectEmptyDatabase()
    candidates = candidatesAlone()
    web = await startWeb({ endpoints: () => [...candidateEndpoints({ candidates }), ...candidateImportEndpoints({ candidates })] })
  })
  beforeEach(async () => {
    await CandidateModel.deleteMany({})
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  const post = async (json: unknown, headers: Record<string, string> = {}) => web.call('POST', '/api/v1/candidates', { json, headers })
  const importCsv = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = CSV) =>
    web.call('POST', '/api/v1/candidates/import', { body, headers })
  const importForm = async (form: FormData) =>
    fetch(`${web.url}/api/v1/candidates/import`, { method: 'POST', body: form, headers: { authorization: `Bearer ${web.apiKey}` } })
  const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code

  it('adds with 201, updates a known externalId with 200, reads, changes, lists, and deletes', async () => {
    const added = await post({ externalId: 'x1', name: 'Ana López', emails: ['ana@a.example'], project: 'Backend' })
    const updated = await post({ externalId: 'x1', headline: 'Engineer' })
    const { id } = (await updated.json()) as Candidate

    expect([added.status, updated.status]).to.deep.equal([201, 200])
    const path = `/api/v1/candidates/${id}`
    expect(await (await web.call('GET', path)).json()).to.include({ name: 'Ana López', headline: 'Engineer' })
    expect(await (await web.call('PATCH', path, { json: { headline: null } })).json()).not.to.have.property('headline')
    for (const [query, found] of [
      ['q=lopez', 1],
      ['q=nobody', 0],
      ['exported=false', 1],
      ['exported=true', 0],
      ['project=Backend', 1],
      ['project=Other', 0],
    ] as const) {
      // prettier-ignore
      const { data } = (await (await web.call('GET', `/api/v1/candidates?${query}`)).json()) as { data: unknown[] }
      expect(data, query).to.have.length(found)
    }
    expect((await web.call('DELETE', path)).status).to.equal(204)
    expect((await web.call('GET', path)).status).to.equal(404)
  })

  it('returns the first response for a repeated Idempotency-Key', async () => {
    const first = await post({ name: 'Ana', emails: ['ana@a.example'] }, { 'idempotency-key': 'k1' })
    const second = await post({ name: 'Ana', emails: ['ana@a.example'] }, { 'idempotency-key': 'k1' })

    expect([first.status, second.status]).to.deep.equal([201, 201])
    expect(((await second.json()) as Candidate).id).to.equal(((await first.json()) as Candidate).id)
    expect(await CandidateModel.countDocuments({})).to.equal(1)
  })

  it('refuses wrong, unknown, and missing fields with 422, and names each', async () => {
    const wrong = await post({ name: 'Ana', emails: ['ana'], shoeSize: 38 })
    const missing = await post({})

    const paths = async (response: Response) => ((await response.json()) as { errors: { path: string }[] }).errors.map(({ path }) => path)
    expect([wrong.status, missing.status]).to.deep.equal([422, 422])
    expect(await paths(wrong)).to.have.members(['emails[0]', 'shoeSize'])
    expect(await paths(missing)).to.have.members(['name', 'emails'])
    expect((await web.call('GET', '/api/v1/candidates?exported=perhaps')).status).to.equal(422)
    expect((await web.call('GET', '/api/v1/candidates?colour=red')).status).to.equal(422)
  })

  it('imports a CSV body and a multipart file', async () => {
    const form = new FormData()
    form.append('comment', 'not the file')
    form.append('file', new Blob(['name,email\nBob,bob@a.example\n']), 'people.csv')

    const plain = await importCsv('name,email\nAna,ana@a.example\nNobody,\n')
    const multipart = await importForm(form)

    expect([plain.status, multipart.status]).to.deep.equal([200, 200])
    expect(await plain.json()).to.deep.equal({
      created: 1,
      updated: 0,
      rejected: [{ line: 3, message: 'The row is incomplete: at least one email or link is required.' }],
      rejectedCount: 1,
      warnings: [],
      warningCount: 0,
      ignoredColumns: [],
    })
    expect(await multipart.json()).to.include({ created: 1 })
  })

  it('says that a file is empty', async () => {
    for (const empty of ['', ' \n\n', '\uFEFF']) {
      const answer = await importCsv(empty)
      expect(answer.status).to.equal(422)
      expect(await answer.json()).to.include({ code: 'invalid_request', detail: 'The file is empty.' })
    }
  })

  it('strips invisible characters from addresses, links, and phones, and refuses a link with a space', async () => {
    const given = {
      name: '\u200BEli\u200D',
      emails: ['eli\u200B@dahl.example'],
      links: ['https://dahl.example/\u2060eli'],
      phones: [{ value: '\u202A+4740612345\u202C' }],
    }

    expect(await (await post(given)).json()).to.deep.include({
      name: 'Eli\u200D',
      emails: ['eli@dahl.example'],
      links: ['https://dahl.example/eli'],
      phones: [{ value: '+4740612345' }],
    })
    expect((await post({ ...given, links: ['https://dahl.example/a b'] })).status).to.equal(422)
  })

  it('refuses a placeholder word as externalId, which would let programs overwrite the same candidate', async () => {
    for (const externalId of ['n/a', 'NULL', '-', 'None']) {
      expect((await post({ externalId, name: 'Eli', emails: ['eli@dahl.example'] })).status, externalId).to.equal(422)
    }
    expect((await post({ externalId: '0', name: 'Eli', emails: ['eli@dahl.example'] })).status).to.equal(201)
  })

  it('reports rows that were imported but need a check, in the response and in the preview', async () => {
    const file = 'externalId,name,email,phone\nn/a,Ann,ann@a.example,1.2E+11\n'
    const [first, second] = [/^The column "phone" /, /^The column "externalId" /]

    const answer = (await (await importCsv(file)).json()) as { warnings: { line: number; message: string }[]; warningCount: number }
    const preview = await web.call('POST', '/api/v1/candidates/import/preview', { body: file, headers: CSV })
    const { rows } = (await preview.json()) as { rows: { warnings: string[] }[] }

    expect(answer).to.include({ created: 1, warningCount: 2 })
    expect(answer.warnings.map(({ line }) => line)).to.deep.equal([2, 2])
    expect(answer.warnings[0]?.message).to.match(first)
    expect(answer.warnings[1]?.message).to.match(second)
    expect(rows[0]?.warnings).to.deep.equal(answer.warnings.map(({ message }) => message))
  })

  it('names the columns from which nothing was read', async () => {
    const answer = await importCsv(`name,email,Shoe size,,${'Q'.repeat(250)}\nAna,ana@a.example,38,,x\n`)

    expect(await answer.json()).to.deep.include({ created: 1, ignoredColumns: ['Shoe size', 'Q'.repeat(200)] })
  })

  it('imports an .xlsx workbook, as body or in a form, with the numbers of its rows', async () => {
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
    const rows = [textRow(1, 'Name', 'Email', 'Shoe size'), textRow(3, 'Xan', 'xan@x.example', '38'), textRow(7, 'Yael', 'no address')]
    const bytes = new Uint8Array(xlsx({ rows: rows.join('') }))
    const form = new FormData()
    form.append('file', new Blob([bytes]), 'people.xlsx')

    const sent = await importCsv(bytes, { 'content-type': type })
    const again = await importForm(form)
    const preview = await web.call('POST', '/api/v1/candidates/import/preview', { body: bytes, headers: { 'content-type': type } })
    const old = await importCsv(new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3, 4]), { 'content-type': type })

    const rejected = [{ line: 7, message: 'The column "Email" has a value that is not an email address.' }]
    expect(await sent.json()).to.deep.equal({
      created: 1,
      updated: 0,
      rejected,
      rejectedCount: 1,
      warnings: [],
      warningCount: 0,
      ignoredColumns: ['Shoe size'],
    })
    expect(await again.json()).to.deep.include({ created: 0, updated: 1, rejected })
    expect(await preview.json()).to.deep.include({ sheet: { name: 'People', others: 0 } })
    expect([old.status, await codeOf(old)]).to.deep.equal([422, 'invalid_request'])
  })

  it('imports a workbook that exceeds 1 MB as CSV in the background', async () => {
    const people = Array.from({ length: 900 }, (_, at) => textRow(at + 2, `Person ${at}`, `w${at}@long.example`, 'x'.repeat(1500)))
    const bytes = new Uint8Array(xlsx({ rows: textRow(1, 'name', 'email', 'headline') + people.join('') }))

    const answer = await importCsv(bytes)

    expect(answer.status).to.equal(202)
    expect(bytes.length).to.be.lessThan(1024 * 1024)
  })

  it('shows how a file would be read, and imports nothing', async () => {
    const file = 'First Name;Last Name;E-mail 1 - Value;Shoe size\nAna;López;ana@a.example;38\nBob;;foo;\n' + 'Cyd;;;\n'.repeat(10)

    const answer = await web.call('POST', '/api/v1/candidates/import/preview', { body: Buffer.from(file, 'latin1'), headers: CSV })

    expect(answer.status).to.equal(200)
    const preview = (await answer.json()) as { rows: unknown[] }
    expect(preview).to.deep.include({
      encoding: 'windows-1252',
      delimiter: ';',
      columns: [
        { header: 'First Name', field: 'firstName' },
        { header: 'Last Name', field: 'lastName' },
        { header: 'E-mail 1 - Value', field: 'emails' },
        { header: 'Shoe size', field: null },
      ],
    })
    expect(preview.rows).to.have.length(5)
    expect(preview.rows.slice(0, 3)).to.deep.equal([
      {
        line: 2,
        cells: ['Ana', 'López', 'ana@a.example', '38'],
        candidate: { name: 'Ana López', emails: ['ana@a.example'] },
        message: null,
        warnings: [],
      },
      {
        line: 3,
        cells: ['Bob', '', 'foo', ''],
        candidate: null,
        message: 'The column "E-mail 1 - Value" has a value that is not an email address.',
        warnings: [],
      },
      {
        line: 4,
        cells: ['Cyd', '', '', ''],
        candidate: null,
        message: 'The row is incomplete: at least one email or link is required.',
        warnings: [],
      },
    ])
    expect(await CandidateModel.countDocuments()).to.equal(0)
  })

  it('refuses to preview a file without a header row, and stops reading a long one early', async () => {
    const preview = async (body: string) => web.call('POST', '/api/v1/candidates/import/preview', { body, headers: CSV })

    expect((await preview('a,b\n1,2\n')).status).to.equal(422)
    expect((await preview(`name,email\n${'Ana,ana@a.example\n'.repeat(1_000_000)}`)).status).to.equal(200)
    expect((await preview('name,email\n')).status).to.equal(200)
  })

  it('imports a file over 1 MB in the background, also as multipart', async () => {
    const file = `name,email,summary,Shoe size\n${Array.from({ length: 200 }, (_, at) => `P ${at},p${at}@a.example,${'x'.repeat(6000)}`).join('\n')}`
    const form = new FormData()
    form.append('file', new Blob([file]), 'people.csv')

    const started = await importForm(form)
    const worker = candidates.startImportWorker(50)

    expect(started.status).to.equal(202)
    const { importId } = (await started.json()) as { importId: string }
    const progress = await eventually('the import is finished', async () => {
      const now = (await (await web.call('GET', `/api/v1/candidate-imports/${importId}`)).json()) as { status: string }
      return now.status === 'finished' ? now : null
    })
    await worker.stop(1000)
    expect(progress).to.deep.equal({
      status: 'finished',
      linesDone: 201,
      warnings: [],
      warningCount: 0,
      created: 200,
      updated: 0,
      rejected: [],
      rejectedCount: 0,
      ignoredColumns: ['Shoe size'],
      error: null,
    })
  })

  describe('with an Idempotency-Key', () => {
    const ROW = 'name,email\nAna,ana@a.example\nNobody,\n'
    const LONG = `name,email,summary\n${Array.from({ length: 200 }, (_, at) => `P ${at},p${at}@a.example,${'x'.repeat(6000)}`).join('\n')}`
    const send = async (body: string, key: string, query = '') =>
      web.call('POST', `/api/v1/candidates/import${query}`, { body, headers: { ...CSV, 'idempotency-key': key } })
    const imports = CandidateImportModel
    const files = CandidateModel.db.collection('candidate_import_files.files')
    beforeEach(async () => {
      await Promise.all([imports.deleteMany({}), files.deleteMany({})])
    })

    it('returns the first result for the same short file', async () => {
      const [first, ...others] = await Promise.all([1, 2, 3].map(async () => send(ROW, 'short')))
      const later = await send(ROW, 'short')

      const answer = await first?.text()
      expect(JSON.parse(answer ?? '')).to.include({ created: 1, updated: 0, rejectedCount: 1 })
      for (const again of [...others, later]) expect([again.status, await again.text()]).to.deep.equal([200, answer])
      expect(later.headers.get('idempotent-replayed')).to.equal('true')
      expect(await imports.countDocuments({})).to.equal(1)
    })

    it('begins one import of a long file, and stores one file', async () => {
      const started = await Promise.all([1, 2, 3].map(async () => send(LONG, 'long')))

      expect(started.map(({ status }) => status)).to.deep.equal([202, 202, 202])
      expect(new Set(await Promise.all(started.map(async (answer) => answer.text())))).to.have.length(1)
      expect([await imports.countDocuments({}), await files.countDocuments({})]).to.deep.equal([1, 1])
    })

    it('refuses another file, or a later permission to enter erased people, and stores nothing of it', async () => {
      await send(ROW, 'same')

      for (const other of [
        await send(`${ROW}Bob,bob@a.example\n`, 'same'),
        await send(LONG, 'same'),
        await send(ROW, 'same', '?allowErased=true'),
      ]) {
        expect([other.status, await codeOf(other)]).to.deep.equal([422, 'idempotency_key_reused'])
      }
      expect(await CandidateModel.countDocuments({})).to.equal(1)
      expect([await imports.countDocuments({}), await files.countDocuments({})]).to.deep.equal([1, 0])
    })

    it('can be used again after a file without a header row', async () => {
      expect((await send('colour\nred\n', 'wrong')).status).to.equal(422)
      expect((await send(ROW, 'wrong')).status).to.equal(200)
    })
  })

  it('refuses more than 50 MB', async () => {
    const refused = await importCsv(new Uint8Array(50 * MB + 20_000).fill(120))

    expect(refused.status).to.equal(413)
  })

  it('refuses other content types, a missing or second file, an encoded body, and a malformed one', async () => {
    const withoutFile = new FormData()
    withoutFile.append('other', new Blob(['name,email\n']), 'people.csv')
    const twice = new FormData()
    twice.append('file', new Blob(['name,email\n']), 'a.csv')
    twice.append('file', new Blob(['name,email\n']), 'b.csv')

    expect((await importCsv('{}', { 'content-type': 'application/json' })).status).to.equal(415)
    expect((await importCsv('x', { ...CSV, 'content-encoding': 'gzip' })).status).to.equal(415)
    expect(await codeOf(await importForm(withoutFile))).to.equal('invalid_request')
    expect(await codeOf(await importForm(twice))).to.equal('invalid_request')
    expect((await importCsv('--x\r\nnonsense', { 'content-type': 'multipart/form-data; boundary=x' })).status).to.equal(400)
    expect((await importCsv('a,b\n1,2\n')).status).to.equal(422)
    expect((await importCsv('')).status).to.equal(422)
  })

  it('keeps answering on a connection whose upload was refused', async () => {
    const refused = await Promise.all(Array.from({ length: 5 }, async () => importCsv('x'.repeat(3 * MB))))

    expect(refused.map(({ status }) => status)).to.deep.equal([422, 422, 422, 422, 422])
    expect((await importCsv('name,email\nAna,ana@a.example\n')).status).to.equal(200)
  })

  it('lets sourcers work with candidates, and refuses callers without a key or session', async () => {
    const { cookie, csrfToken } = await web.signIn('sam@acme.example', 'sourcer')
    const headers = { cookie, 'x-csrf-token': csrfToken }

    expect((await post({ name: 'Ana', emails: ['ana@a.example'] }, headers)).status).to.equal(201)
    expect((await importCsv('name,email\nAna,ana@a.example\n', { ...CSV, ...headers })).status).to.equal(200)
    expect((await web.call('GET', '/api/v1/candidates', { headers: { authorization: 'Bearer wrong' } })).status).to.equal(401)
  })
})
