import { createHash } from 'node:crypto'
import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { candidateView, type CandidateView } from '../../src/candidates/candidate-view.ts'
import { ResumeFileModel } from '../../src/candidates/resume-file-model.ts'
import { keepResumeFile } from '../../src/candidates/resume-files.ts'
import { createResumes } from '../../src/candidates/resumes.ts'
import { getCandidate } from '../../src/candidates/save-candidate.ts'
import { resumeEndpoints } from '../../src/web/api/resumes.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { bytesOf, sampleDocx, sampleOle, samplePdf, type Bytes } from '../support/sample-resumes.ts'
import { startWeb, type RunningWeb } from '../support/web.ts'

const LIMIT = 10 * 1024 * 1024
const DAY_MS = 24 * 3_600_000
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('résumé over HTTP', () => {
  let web: RunningWeb
  const resumes = createResumes()

  before(async () => {
    await connectEmptyDatabase()
    const candidates = { get: async (organization: string, id: string) => candidateView(await getCandidate(organization, id), 'all') }
    web = await startWeb({ endpoints: () => resumeEndpoints({ resumes, candidates }) })
    await ResumeFileModel.init()
  })
  afterEach(async () => {
    await CandidateModel.deleteMany({})
    for (const { _id } of await ResumeFileModel.find({}, { _id: 1 }).lean())
      await new mongoose.mongo.GridFSBucket(mongoose.connection.db!, { bucketName: 'resumes' }).delete(_id)
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  const candidate = async (organization = web.organization): Promise<string> => {
    const made = await CandidateModel.create({ organization, name: 'Ada Example', emails: ['ada@mail.example'] })
    return made._id.toHexString()
  }
  const headers = () => ({ authorization: `Bearer ${web.apiKey}` })
  const pathOf = (id: string): string => `/api/v1/candidates/${id}/resume`
  const put = async (id: string, bytes: Bytes, filename?: string, field = 'file'): Promise<Response> => {
    const body = new FormData()
    body.append(field, new Blob([bytes]), filename)
    return fetch(web.url + pathOf(id), { method: 'PUT', body, headers: headers() })
  }
  const get = async (id: string): Promise<Response> => web.call('GET', pathOf(id))
  const problemOf = async (answer: Response): Promise<[number, string]> => [answer.status, ((await answer.json()) as { code: string }).code]
  const chunks = async (): Promise<number> => mongoose.connection.collection('resumes.chunks').countDocuments()

  const kinds: [string, Bytes, string, string][] = [
    ['PDF', samplePdf(), 'cv.pdf', 'application/pdf'],
    ['DOC', sampleOle(), 'cv.doc', 'application/msword'],
    ['DOCX', sampleDocx(), 'cv.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['plain text', bytesOf('Ada Example, engineer\n'), 'cv.txt', 'text/plain'],
  ]
  for (const [kind, bytes, filename, contentType] of kinds) {
    it(`in ${kind} is stored, shown with the candidate, and returned unchanged as a download`, async () => {
      const id = await candidate()

      const answer = await put(id, bytes, filename)
      const view = (await answer.json()) as CandidateView
      const back = await get(id)

      expect(answer.status).to.equal(200)
      expect(view.resume).to.deep.include({ filename, size: bytes.length, contentType, sha256: sha256(bytes) })
      expect(Date.parse(view.resume?.uploadedAt ?? '')).to.be.closeTo(Date.now(), 5000)
      expect(new Uint8Array(await back.arrayBuffer())).to.deep.equal(bytes)
      expect(back.headers.get('content-type')).to.equal(contentType)
      expect(back.headers.get('content-disposition')).to.equal(`attachment; filename="${filename}"; filename*=UTF-8''${filename}`)
      expect(back.headers.get('x-content-type-options')).to.equal('nosniff')
    })
  }

  it('may have 10 MB and no more', async () => {
    const id = await candidate()
    const largest = new Uint8Array(LIMIT).fill(0x20)
    largest.set(samplePdf())

    expect((await put(id, largest, 'cv.pdf')).status).to.equal(200)
    expect(sha256(new Uint8Array(await (await get(id)).arrayBuffer()))).to.equal(sha256(largest))
    const tooLarge = new Uint8Array(LIMIT + 1)
    tooLarge.set(largest)
    expect(await problemOf(await put(id, tooLarge, 'cv.pdf'))).to.deep.equal([413, 'payload_too_large'])
    expect((await getCandidate(web.organization, id)).resume?.size).to.equal(LIMIT)
  })

  it('is judged by its content, and the refusal of another type says what to do', async () => {
    const id = await candidate()
    const wrong: [Bytes, string][] = [
      [new Uint8Array(Buffer.from('89504e470d0a1a0a0000000d', 'hex')), 'cv.pdf'],
      [bytesOf('only called a PDF'), 'cv.pdf'],
      [bytesOf('<html><script>alert(1)</script></html>'), 'cv.txt'],
      [bytesOf('MZ\0\0'), 'cv.docx'],
    ]
    for (const [bytes, filename] of wrong) {
      expect(await problemOf(await put(id, bytes, filename))).to.deep.equal([415, 'unsupported_media_type'])
    }
    expect(await problemOf(await put(id, new Uint8Array(0), 'cv.pdf'))).to.deep.equal([422, 'invalid_request'])
    expect(await problemOf(await put(id, samplePdf(), 'cv.pdf', 'resume'))).to.deep.equal([422, 'invalid_request'])
    const bare = await web.call('PUT', pathOf(id), { body: samplePdf(), headers: { 'content-type': 'application/pdf' } })
    expect(await problemOf(bare)).to.deep.equal([415, 'unsupported_media_type'])
    expect([await ResumeFileModel.countDocuments(), await chunks()]).to.deep.equal([0, 0])
  })

  it('has folders and unprintable characters removed from its name, and gets the extension of its content', async () => {
    const id = await candidate()

    await put(id, sampleDocx(), '../..\\Lebenslauf "Jürgen" \u202E.doc')
    const back = await get(id)

    expect((await getCandidate(web.organization, id)).resume?.filename).to.equal('Lebenslauf "Jürgen".docx')
    expect(back.headers.get('content-disposition')).to.equal(
      `attachment; filename="Lebenslauf _J_rgen_.docx"; filename*=UTF-8''Lebenslauf%20%22J%C3%BCrgen%22.docx`,
    )
  })

  it('replaces the previous one, which is deleted', async () => {
    const id = await candidate()
    await put(id, samplePdf('old'), 'old.pdf')

    await put(id, samplePdf('new'), 'new.pdf')

    expect(await (await get(id)).text()).to.contain('new')
    expect([await ResumeFileModel.countDocuments(), await chunks()]).to.deep.equal([1, 1])
  })

  it('is one of several sent at once, complete, and nothing of the others remains', async () => {
    const id = await candidate()

    const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => put(id, samplePdf(`copy ${at}`), `copy ${at}.pdf`)))

    const { resume } = await getCandidate(web.organization, id)
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(8).fill(200))
    expect(sha256(new Uint8Array(await (await get(id)).arrayBuffer()))).to.equal(resume?.sha256)
    expect([await ResumeFileModel.countDocuments(), await chunks()]).to.deep.equal([1, 1])
  })

  it('can be deleted separately, and is deleted with the candidate', async () => {
    const [id, other] = [await candidate(), await candidate()]
    for (const one of [id, other]) await put(one, samplePdf(), 'cv.pdf')

    const deleted = await web.call('DELETE', pathOf(id))
    const dropped = await resumes.dropOf(web.organization, other)

    expect([deleted.status, dropped]).to.deep.equal([204, 1])
    expect((await getCandidate(web.organization, id)).resume).to.equal(null)
    expect(await problemOf(await get(id))).to.deep.equal([404, 'not_found'])
    expect(await problemOf(await web.call('DELETE', pathOf(id)))).to.deep.equal([404, 'not_found'])
    expect([await ResumeFileModel.countDocuments(), await chunks()]).to.deep.equal([0, 0])
  })

  it("of another organization's candidate does not exist, for any request", async () => {
    const theirs = new Types.ObjectId().toHexString()
    const id = await candidate(theirs)
    const file = await keepResumeFile({ ...about(samplePdf()), organization: theirs, candidate: id })
    const resume = { file, filename: 'cv.pdf', size: 1, contentType: 'application/pdf', sha256: '', uploadedAt: new Date() }
    await CandidateModel.updateOne({ _id: id }, { $set: { resume } })

    for (const answer of [await put(id, samplePdf(), 'mine.pdf'), await get(id), await web.call('DELETE', pathOf(id))]) {
      expect(await problemOf(answer)).to.deep.equal([404, 'not_found'])
    }
    expect(await resumes.read(web.organization, file)).to.equal(null)
    expect(await resumes.dropOf(web.organization, id)).to.equal(0)
    expect(await ResumeFileModel.countDocuments()).to.equal(1)
  })

  it('leaves nothing behind if it is sent while the candidate is deleted', async () => {
    const id = await candidate()
    async function* slowly(): AsyncGenerator<Uint8Array> {
      await CandidateModel.deleteOne({ _id: id })
      yield samplePdf()
    }

    const refused = await resumes.put(web.organization, id, async () => ({ filename: 'cv.pdf', pieces: slowly() })).catch(String)

    expect(refused).to.contain('no such candidate')
    expect([await ResumeFileModel.countDocuments(), await chunks()]).to.deep.equal([0, 0])
  })

  describe('without a candidate', () => {
    it('is dropped after a grace period; one with a candidate remains', async () => {
      const id = await candidate()
      await put(id, samplePdf('kept'), 'kept.pdf')
      await keepResumeFile({ ...about(samplePdf('of a killed process')), organization: web.organization, candidate: id })

      expect(await resumes.dropOrphaned()).to.equal(0)
      expect(await resumes.dropOrphaned(new Date(Date.now() + DAY_MS + 60_000))).to.equal(1)
      expect(await (await get(id)).text()).to.contain('kept')
      expect(await ResumeFileModel.countDocuments()).to.equal(1)
    })

    it('is checked again after a month, because it may have been replaced without being removed', async () => {
      const id = await candidate()
      await put(id, samplePdf(), 'cv.pdf')
      await resumes.dropOrphaned(new Date(Date.now() + 2 * DAY_MS))
      await CandidateModel.updateOne({ _id: id }, { $set: { resume: null } })

      expect(await resumes.dropOrphaned(new Date(Date.now() + 20 * DAY_MS))).to.equal(0)
      expect(await resumes.dropOrphaned(new Date(Date.now() + 40 * DAY_MS))).to.equal(1)
    })
  })

  it('leaves its pieces for only a day if a kill interrupted the upload', async () => {
    await putPieceOf(new Types.ObjectId())
    const ofToday = await resumes.dropOrphaned()

    expect([ofToday, await chunks()]).to.deep.equal([0, 1])
    expect([await resumes.dropOrphaned(new Date(Date.now() + DAY_MS + 60_000)), await chunks()]).to.deep.equal([1, 0])
  })

  it('does not exist once it is incomplete', async () => {
    const id = await candidate()
    await put(id, samplePdf('long '.repeat(100_000)), 'cv.pdf')
    for (const n of [0, 1]) {
      await mongoose.connection.collection('resumes.chunks').deleteMany({ n })
      expect(await problemOf(await get(id))).to.deep.equal([404, 'not_found'])
    }
  })
})

async function putPieceOf(file: Types.ObjectId): Promise<void> {
  await mongoose.connection.collection('resumes.chunks').insertOne({ files_id: file, n: 0, data: Buffer.from('%PDF-1.7') })
}

function about(bytes: Bytes): { filename: string; contentType: string; sha256: string; bytes: Bytes } {
  return { filename: 'cv.pdf', contentType: 'application/pdf', sha256: sha256(bytes), bytes }
}
