import { expect } from 'chai'
import { got, type Method } from 'got'
import { CandidateImportModel } from '../../src/candidates/candidate-import-model.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { ExportBatchModel } from '../../src/export/bulk/export-batch-model.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import { LeverPostingModel, LeverRequisitionModel } from '../../src/mirror/lever-record-models.ts'
import { markConfidential } from '../../src/operators/mark-confidential.ts'
import { WITH_CONVERSATIONS } from '../conversations/conversation-world.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN, type LeverOpportunity } from '../support/lever.ts'
import { exportAndWait, newPerson, SOURCER, startService, waitForBatch, type Api, type ServiceForTests } from '../support/service.ts'
import { namesInPath, operationsOf, readApiDocument, type Operation } from './hostile/api-document.ts'
import { signIn, type Session } from './hostile/tenant.ts'
import { stepContext } from '../support/step-context.ts'

/** The only confidential posting of the sample account. */
const SECRET_TITLE = 'Head of Finance'
/** Names of records that are public at first. */
const LATER_TITLE = 'Posting that was public'
const LATER_REQUISITION = { name: 'Requisition that was public', requisitionCode: 'LATER-REQ-1', confidentiality: 'non-confidential' }
const SECRET_REQUISITION = { name: 'Requisition nobody may see', requisitionCode: 'SECRET-REQ-1', confidentiality: 'confidential' }

interface Posting {
  id: string
  text: string
  url: string | null
}

/** One confidential posting, one requisition and several opportunities, with all local records that refer to them. */
describe('web: confidential Lever records', () => {
  let service: ServiceForTests
  let api: Api
  let organization: string
  let admin: Session
  let sourcer: Session
  let posting: Posting
  let requisitionId: string
  let linkedTo: LeverOpportunity
  let stoppedBy: LeverOpportunity
  /** Texts that no answer to a sourcer may contain. */
  let markers: string[]
  let operations: Operation[]
  /** Values by the path before its parameter. */
  let named: Record<string, string[]>
  const candidates = { linked: '', stopped: '', aimed: '', fresh: '', stoppedLater: '', aimedLater: '', freshLater: '' }
  const exported = { linked: '', stopped: '', aimed: '', batch: '', stoppedLater: '', aimedLater: '', batchLater: '' }
  /** A posting and a requisition that are public until the exports are requested. */
  let later: { postingId: string; requisitionId: string; opportunityId: string }

  const newCandidate = async (fields: Record<string, unknown> = {}): Promise<string> =>
    (await api.post<{ id: string }>('candidates', newPerson(fields))).body.id
  const secretOpportunity = (email: string): Promise<LeverOpportunity> =>
    service.lever.addOpportunity({ name: 'Somebody', emails: [email], postingId: posting.id })

  async function ask(who: Session, method: Method, path: string, json?: unknown, headers: Record<string, string> = {}) {
    const answer = await got(service.url + path, {
      method,
      headers: { cookie: who.cookie, 'x-csrf-token': who.csrfToken, ...headers },
      ...(json === undefined ? {} : { json }),
      throwHttpErrors: false,
      followRedirect: false,
      retry: { limit: 0 },
    })
    return { status: answer.statusCode, text: answer.body }
  }
  const found = (text: string): string[] => markers.filter((marker) => text.includes(marker))

  before(async () => {
    service = await startService({ LEVER_REQUESTS_PER_SECOND: '1000', LEVER_BURST: '1000' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    const connected = await service.connected(WITH_CONVERSATIONS)
    api = connected.api
    organization = connected.id
    const apiKey = await service.lever.newApiKey({ confidential: true })
    expect((await api.put('connection/api-key', { apiKey, userEmail: LEVER_ADMIN })).status).to.equal(200)
    await api.post('lever/sync')
    await eventually('all is read', async () => (await api.get<{ sync: { state: string } }>('connection')).body.sync.state === 'idle')
    const { body: postings } = await api.get<{ data: Posting[] }>(`lever/postings?q=${encodeURIComponent(SECRET_TITLE)}`)
    expect(postings.data).to.have.length(1)
    posting = postings.data[0] as Posting
    const [requisition] = (await api.get<{ data: { id: string }[] }>('lever/requisitions')).body.data
    requisitionId = requisition?.id ?? ''
    await LeverRequisitionModel.updateOne({ organization, leverId: requisitionId }, { $set: SECRET_REQUISITION })
    // public records that name the secret ones
    const isPublic = { organization, confidentiality: { $ne: 'confidential' } }
    await LeverRequisitionModel.updateOne(isPublic, { $set: { postings: [posting.id] } })
    await LeverPostingModel.updateOne(isPublic, { $set: { requisitionCodes: [SECRET_REQUISITION.requisitionCode] } })

    linkedTo = await secretOpportunity('linked@mail.example')
    stoppedBy = await secretOpportunity('stopped@mail.example')
    candidates.linked = await newCandidate({ emails: ['linked@mail.example'] })
    candidates.stopped = await newCandidate({ emails: ['stopped@mail.example'] })
    candidates.aimed = await newCandidate()
    candidates.fresh = await newCandidate({ emails: ['linked@mail.example'] })
    const linked = await exportAndWait(api, { candidateId: candidates.linked, onDuplicate: 'link', note: 'Hello' })
    const stopped = await exportAndWait(api, { candidateId: candidates.stopped })
    const aimed = await exportAndWait(api, { candidateId: candidates.aimed, postingId: posting.id })
    expect([linked, stopped, aimed].map(({ status }) => status)).to.deep.equal(['exported', 'duplicate', 'exported'])
    const bulk = { candidateIds: [await newCandidate()], requestedBy: SOURCER, postingId: posting.id }
    const { body } = await api.post<{ batchId: string }>('exports/bulk', bulk)
    await waitForBatch(api, body.batchId)
    Object.assign(exported, { linked: linked.id, stopped: stopped.id, aimed: aimed.id, batch: body.batchId })
    await talk('about-a-candidate', { candidateId: candidates.linked })
    await talk('about-a-record', { opportunityId: stoppedBy.id })
    await service.lever.moveStage(linkedTo.id, 'Reached out')
    await noteOf(linked.id)

    const inLever = [linkedTo, stoppedBy].flatMap(({ id, contact }) => [id, contact])
    const made = String(aimed.opportunityId)
    const noteIds = (await service.lever.notesOf(linkedTo.id)).map(({ id }) => id)
    await exportWhilePublic()
    markers = [
      ...inLever,
      later.postingId,
      LATER_TITLE,
      later.requisitionId,
      LATER_REQUISITION.name,
      LATER_REQUISITION.requisitionCode,
      later.opportunityId,
      made,
      ...noteIds,
      posting.id,
      SECRET_TITLE,
      requisitionId,
      SECRET_REQUISITION.name,
      SECRET_REQUISITION.requisitionCode,
    ]
    if (posting.url) markers.push(posting.url)
    operations = operationsOf(await readApiDocument(service.url))
    named = {
      '/api/v1/candidates/': Object.values(candidates),
      '/api/v1/exports/': [exported.linked, exported.stopped, exported.aimed, exported.stoppedLater, exported.aimedLater],
      '/api/v1/export-batches/': [exported.batch, exported.batchLater],
      '/api/v1/conversations/': ['about-a-candidate', 'about-a-record'],
      '/candidates/': Object.values(candidates),
      '/candidates/imports/': [],
      '/exports/batches/': [exported.batch, exported.batchLater],
    }
    admin = await signIn(service.url, api, LEVER_ADMIN)
    sourcer = await signIn(service.url, api, SOURCER)
    await got.post(`${service.url}/api/v1/candidates/import`, {
      body: 'name,email\nFrom a file,from-a-file@mail.example\n',
      headers: { cookie: sourcer.cookie, 'x-csrf-token': sourcer.csrfToken, 'content-type': 'text/csv' },
    })
    named['/candidates/imports/'] = (await CandidateImportModel.distinct('_id', { organization })).map(String)
  })
  after(async () => service.stop())

  /** Exports to and next to a posting and a requisition, and one that an opportunity stops. All of these records become confidential afterwards. */
  async function exportWhilePublic(): Promise<void> {
    const { data } = (await api.get<{ data: (Posting & { requisitionCodes: string[] })[] }>('lever/postings?open=true')).body
    const postingId = data.findLast(({ id, requisitionCodes }) => id !== posting.id && requisitionCodes.length === 0)?.id ?? ''
    const others = { organization, leverId: { $ne: requisitionId } }
    const ofLater = (await LeverRequisitionModel.findOne(others))?.leverId ?? ''
    await LeverPostingModel.updateOne({ organization, leverId: postingId }, { $set: { text: LATER_TITLE, url: null } })
    await LeverRequisitionModel.updateOne({ organization, leverId: ofLater }, { $set: { ...LATER_REQUISITION, postings: [postingId] } })
    await service.lever.addOpportunity({ name: 'Somebody', emails: ['later@mail.example'], postingId })
    const stopping = await service.lever.addOpportunity({ name: 'Somebody', emails: ['stopped-later@mail.example'] })
    later = { postingId, requisitionId: ofLater, opportunityId: stopping.id }

    candidates.stoppedLater = await newCandidate({ emails: ['stopped-later@mail.example'] })
    candidates.aimedLater = await newCandidate()
    candidates.freshLater = await newCandidate({ emails: ['later@mail.example'] })
    // the mirror learns about the opportunity
    await exportAndWait(api, { candidateId: await newCandidate({ emails: ['later@mail.example'] }) })
    const stopped = await exportAndWait(api, { candidateId: candidates.stoppedLater })
    const aimed = await exportAndWait(api, { candidateId: candidates.aimedLater, postingId, requisitionId: ofLater })
    expect([stopped, aimed].map(({ status }) => status)).to.deep.equal(['duplicate', 'exported'])
    const bulk = { candidateIds: [await newCandidate()], requestedBy: SOURCER, postingId }
    const { body } = await api.post<{ batchId: string }>('exports/bulk', bulk)
    await waitForBatch(api, body.batchId)
    Object.assign(exported, { stoppedLater: stopped.id, aimedLater: aimed.id, batchLater: body.batchId })

    const confidential = { $set: { confidentiality: 'confidential' } }
    await LeverPostingModel.updateOne({ organization, leverId: postingId }, confidential)
    await LeverRequisitionModel.updateOne({ organization, leverId: ofLater }, confidential)
    await LeverOpportunityModel.updateOne({ organization, leverId: stopping.id }, confidential)
    const known = { organization, leverId: { $in: [postingId, ofLater, stopping.id] }, ...confidential.$set }
    const counts = [LeverPostingModel, LeverRequisitionModel, LeverOpportunityModel].map((model) => (model as typeof LeverPostingModel).countDocuments(known)) // prettier-ignore
    expect(await Promise.all(counts)).to.deep.equal([1, 1, 1])
  }

  async function talk(externalId: string, about: { candidateId: string } | { opportunityId: string }): Promise<void> {
    const message = { id: 'first', direction: 'outbound', author: SOURCER, body: 'Hello', sentAt: new Date().toISOString(), ...about }
    expect((await api.post(`conversations/${externalId}/messages`, message)).status).to.equal(202)
  }

  function noteOf(exportId: string): Promise<unknown> {
    return eventually('the note is written', async () => {
      const { note } = (await api.get<{ note: { status: string } | null }>(`exports/${exportId}`)).body
      return note?.status === 'written'
    })
  }

  function pathsOf(operation: Operation): string[] {
    const [name] = namesInPath(operation)
    if (name === undefined) return [operation.path]
    const before = operation.path.slice(0, operation.path.indexOf('{'))
    return (named[before] ?? []).map((value) => operation.path.replace(`{${name}}`, value))
  }

  const readPaths = (): string[] => {
    const reads = operations.filter(({ method, path }) => method === 'GET' && !path.startsWith('/webhooks')).flatMap(pathsOf)
    const lists = [
      'exports?status=exported',
      'exports?status=duplicate',
      `exports?batchId=${exported.batch}`,
      'lever/postings?q=finance',
      'lever/postings?open=true',
      'candidates?exported=true',
    ]
    const ofCandidates = Object.values(candidates).map((id) => `exports?candidateId=${id}`)
    return [...reads, ...[...lists, ...ofCandidates].map((path) => `/api/v1/${path}`)]
  }

  /** Every page that a sourcer may open, with existing parameters and with the queries that show more. */
  const pagePaths = (): string[] => {
    const pages = service.service.routes.filter(
      ({ method, path, access }) => method === 'get' && access === 'sourcer' && !path.startsWith('/api/'),
    )
    const filled = pages.flatMap(({ path }) => {
      const before = path.slice(0, `${path}:`.indexOf(':'))
      const values = before === path ? [''] : named[before]
      expect(values, `${path}: tell the walk what there is`).to.be.an('array').that.is.not.empty
      return (values ?? []).map((value) => path.replace(/:\w+/, value))
    })
    return [
      ...filled,
      '/exports?status=duplicate',
      `/exports/progress?export=${candidates.linked}.${exported.linked}&export=${candidates.aimed}.${exported.aimed}&known=${candidates.stopped}.${exported.stopped}`,
      `/exports/progress?export=${candidates.aimedLater}.${exported.aimedLater}&known=${candidates.stoppedLater}.${exported.stoppedLater}`,
      `/candidates/export?one=${candidates.fresh}`,
      `/candidates/export?one=${candidates.freshLater}`,
      `/candidates/export?candidate=${candidates.fresh}&candidate=${candidates.stopped}&candidate=${candidates.freshLater}`,
      '/candidates/export/jobs?q=',
      '/candidates/export/jobs?q=finance',
    ]
  }

  it('appear in no API response to a sourcer', async () => {
    for (const path of readPaths()) {
      const { text, status } = await ask(sourcer, 'GET', path)
      expect(found(text), `${path} (${status})`).to.deep.equal([])
    }
  })

  for (const language of ['en', 'es'])
    it(`appear on no page for a sourcer (${language})`, async () => {
      for (const path of pagePaths()) {
        const { text, status } = await ask(sourcer, 'GET', path, undefined, { 'accept-language': language })
        expect(status, path).to.be.below(500)
        expect(found(text), path).to.deep.equal([])
      }
    })

  it('are shown to an admin and to an API key', async () => {
    const expected: [string, string[]][] = [
      [`/api/v1/exports/${exported.linked}`, [linkedTo.id, linkedTo.contact]],
      [`/api/v1/exports/${exported.stopped}`, [stoppedBy.id]],
      [`/api/v1/exports/${exported.aimed}`, [posting.id, SECRET_TITLE]],
      [`/api/v1/export-batches/${exported.batch}`, [posting.id, SECRET_TITLE]],
      [`/api/v1/export-batches/${exported.batch}/result.csv`, [SECRET_TITLE]],
      [`/api/v1/candidates/${candidates.linked}`, [linkedTo.id]],
      [`/api/v1/candidates/${candidates.linked}/timeline`, [linkedTo.id]],
      ['/api/v1/lever/postings', [posting.id, SECRET_TITLE]],
      ['/api/v1/lever/requisitions', [requisitionId, SECRET_REQUISITION.name]],
      ['/api/v1/lever/opportunities', [linkedTo.id, stoppedBy.id]],
      ['/api/v1/conversations/about-a-record', [stoppedBy.id]],
      [`/api/v1/exports/${exported.aimedLater}`, [later.postingId, LATER_TITLE, later.requisitionId, LATER_REQUISITION.requisitionCode]],
      [`/api/v1/exports/${exported.stoppedLater}`, [later.opportunityId]],
      [`/api/v1/export-batches/${exported.batchLater}`, [later.postingId, LATER_TITLE]],
      [`/api/v1/candidates/${candidates.aimedLater}`, [later.postingId]],
      ['/exports/batches', [SECRET_TITLE, LATER_TITLE]],
      ['/exports', [SECRET_TITLE, linkedTo.id]],
      [`/candidates/${candidates.linked}`, [linkedTo.id]],
      [`/candidates/export?one=${candidates.fresh}`, [posting.id, SECRET_TITLE]],
    ]
    for (const [path, texts] of expected) {
      const { text } = await ask(admin, 'GET', path)
      for (const one of texts) expect(text, path).to.include(one)
      if (!path.startsWith('/api')) continue
      const byKey = await api.call('GET', path.slice('/api/v1/'.length))
      for (const one of texts) expect(typeof byKey.body === 'string' ? byKey.body : JSON.stringify(byKey.body), path).to.include(one)
    }
  })

  it('leave sourcers only the facts that an export is exported and confidential', async () => {
    const { text } = await ask(sourcer, 'GET', `/api/v1/exports/${exported.linked}`)

    expect(JSON.parse(text)).to.deep.include({
      status: 'exported',
      confidential: true,
      opportunityId: null,
      contactId: null,
      url: null,
      stage: null,
      duplicateOf: null,
      target: { kind: 'general' },
    })
    const aimed = JSON.parse((await ask(sourcer, 'GET', `/api/v1/exports/${exported.aimed}`)).text) as Record<string, unknown>
    expect(aimed).to.deep.include({ confidential: true, target: { kind: 'posting', postingId: null, title: null } })
    const candidate = JSON.parse((await ask(sourcer, 'GET', `/api/v1/candidates/${candidates.linked}`)).text) as { lever: object }
    expect(candidate.lever).to.include({ confidential: true, opportunityId: null, url: null, owner: null })
    const besideLater = JSON.parse((await ask(sourcer, 'GET', `/api/v1/candidates/${candidates.aimedLater}`)).text) as { lever: object }
    expect(besideLater.lever).to.deep.include({ confidential: false, postings: [] })
  })

  it('are mentioned in a preview for a sourcer, without any details', async () => {
    for (const path of ['exports/preview', 'exports/bulk/preview']) {
      const who = path.includes('bulk') ? { candidateIds: [candidates.fresh, candidates.stopped] } : { candidateId: candidates.fresh }
      const beside = path.includes('bulk') ? { candidateIds: [candidates.freshLater] } : { candidateId: candidates.freshLater }
      const byKey = await api.post(path, { ...beside, requestedBy: SOURCER })
      const toSourcer = await ask(sourcer, 'POST', `/api/v1/${path}`, { ...beside, requestedBy: SOURCER })

      expect(JSON.stringify(byKey.body), path).to.include(later.postingId)
      expect(found(toSourcer.text), path).to.deep.equal([])
      expect(toSourcer.text, path).to.include('"postings":[]')

      const { text } = await ask(sourcer, 'POST', `/api/v1/${path}`, { ...who, requestedBy: SOURCER })

      expect(found(text), path).to.deep.equal([])
      expect(text).to.include('"confidential":true')
    }
  })

  it("do not exist for a sourcer's exports or for a replayed idempotency key", async () => {
    for (const [aim, code] of [
      [{ postingId: posting.id }, 'posting_not_found'],
      [{ requisitionId }, 'requisition_not_found'],
      [{ postingId: posting.id, requisitionId }, 'requisition_not_found'],
    ] as const) {
      const body = { requestedBy: SOURCER, ...aim }
      const one = await ask(sourcer, 'POST', '/api/v1/exports', { ...body, candidateId: candidates.fresh })
      const many = await ask(sourcer, 'POST', '/api/v1/exports/bulk', { ...body, candidateIds: [candidates.fresh] })
      const preview = await ask(sourcer, 'POST', '/api/v1/exports/preview', { ...body, candidateId: candidates.fresh })

      for (const { status, text } of [one, many]) {
        expect(status).to.equal(422)
        expect(JSON.parse(text)).to.include({ code })
      }
      expect(JSON.parse(preview.text)).to.deep.include({ allowed: false, target: { kind: 'general' }, requisition: null })
      expect(preview.text).to.include(code).and.not.include(SECRET_TITLE)
    }
    const again = { candidateId: candidates.fresh, requestedBy: SOURCER, onDuplicate: 'link' }
    const first = await ask(sourcer, 'POST', '/api/v1/exports', again, { 'idempotency-key': 'the-same' })
    const { id } = JSON.parse(first.text) as { id: string }
    await eventually('it is exported', async () => (await api.get<{ status: string }>(`exports/${id}`)).body.status === 'exported')
    const replayed = await ask(sourcer, 'POST', '/api/v1/exports', again, { 'idempotency-key': 'the-same' })

    expect(JSON.parse(replayed.text)).to.deep.include({ id, status: 'exported', confidential: true, opportunityId: null })
    expect(found(replayed.text)).to.deep.equal([])
  })

  it('cannot be the subject of a message that is written in a session', async () => {
    const message = { id: 'mine', direction: 'outbound', author: SOURCER, body: 'Hello', sentAt: new Date().toISOString() }
    const tries: [string, object][] = [
      ['new-1', { opportunityId: stoppedBy.id }],
      ['new-2', { opportunityId: linkedTo.id }],
      ['new-3', { opportunityId: '11111111-2222-4333-8444-555555555555' }],
      ['new-4', { candidateId: candidates.linked }],
    ]
    for (const [name, about] of tries) {
      const { status, text } = await ask(sourcer, 'POST', `/api/v1/conversations/${name}/messages`, { ...message, ...about })
      expect([status, (JSON.parse(text) as { code: string }).code], name).to.deep.equal([422, 'candidate_not_found'])
    }
    const hidden = { ...message, candidateId: candidates.aimed }
    expect((await ask(sourcer, 'POST', '/api/v1/conversations/about-a-record/messages', hidden)).status).to.equal(404)
    expect((await ask(sourcer, 'GET', '/api/v1/conversations/about-a-record')).status).to.equal(404)
  })

  it('stay hidden when earlier documents do not mark them as confidential', async () => {
    await ExportModel.updateMany({ organization }, { $unset: { confidential: 1, 'posting.confidential': 1 } })
    await ExportBatchModel.updateMany({ organization }, { $unset: { 'posting.confidential': 1 } })
    await CandidateModel.updateMany({ organization, lever: { $ne: null } }, { $unset: { 'lever.confidential': 1 } })
    expect(found((await ask(sourcer, 'GET', '/api/v1/candidates')).text)).not.to.deep.equal([])

    await markConfidential(stepContext())

    for (const path of readPaths()) expect(found((await ask(sourcer, 'GET', path)).text), path).to.deep.equal([])
    // stored marks count when the mirror is gone
    for (const model of [LeverPostingModel, LeverRequisitionModel, LeverOpportunityModel]) await (model as typeof LeverPostingModel).deleteMany({ organization }) // prettier-ignore
    for (const path of readPaths()) expect(found((await ask(sourcer, 'GET', path)).text), path).to.deep.equal([])
  })
})
