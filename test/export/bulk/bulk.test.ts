import { expect } from 'chai'
import { Types } from 'mongoose'
import { AuditEventModel } from '../../../src/audit/audit-event-model.ts'
import { CandidateModel } from '../../../src/candidates/candidate-model.ts'
import { ExportModel } from '../../../src/export/export-model.ts'
import { ExportBatchModel } from '../../../src/export/bulk/export-batch-model.ts'
import { settleAbandoned } from '../../../src/export/bulk/change-batch.ts'
import { eventually } from '../../support/eventually.ts'
import { exportAndWait, newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../../support/service.ts'
import { ofExports } from '../requests-of-exports.ts'

interface Batch {
  id: string
  status: string
  total: number
  queued: number
  running: number
  exported: number
  duplicate: number
  failed: number
  canceled: number
  rejected: number
  secondsLeft: number | null
  startedAt: string
  finishedAt: string | null
}

interface Answer {
  batchId: string
  accepted: number
  rejected: { candidateId: string; code: string; detail: string }[]
  rejectedCount: number
}

const CREATE = { method: 'POST', path: '/opportunities' }
const LONG = 30_000

describe('bulk export', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let organization: string

  before(async () => {
    service = await startService({
      LEVER_REQUESTS_PER_SECOND: '40',
      LEVER_BURST: '20',
      LEVER_TIMEOUT_MS: '4000',
      SETTLE_MS: '4000',
      LEASE_MS: '10000',
    })
    await service.lever.settings({ rateLimit: { enabled: false } })
    ;({ api, id: organization } = await service.connected())
  })
  after(() => service.stop())
  afterEach(() => service.lever.clearFaults())

  /** Candidates that nobody has seen, as an import would have made them. */
  async function people(count: number, of = organization): Promise<string[]> {
    const made = await CandidateModel.insertMany(
      Array.from({ length: count }, () => ({ organization: of, ...newPerson() })).map((one) => ({
        ...one,
        emailKeys: one['emails' as never],
      })),
    )
    return made.map(({ _id }) => String(_id))
  }
  const bulk = async (candidateIds: string[], wish: Record<string, unknown> = {}, by = api): Promise<Answer> => {
    const { status, body } = await by.post<Answer>('exports/bulk', { candidateIds, requestedBy: SOURCER, ...wish })
    expect(status, JSON.stringify(body).slice(0, 300)).to.equal(202)
    return body
  }
  const read = async (id: string, by = api): Promise<Batch> => (await by.get<Batch>(`export-batches/${id}`)).body
  const change = async (id: string, verb: string): Promise<Batch> => {
    const { status, body } = await api.post<Batch>(`export-batches/${id}/${verb}`)
    expect(status, JSON.stringify(body)).to.equal(202)
    return body
  }
  const finished = (id: string, by = api): Promise<Batch> =>
    eventually('the batch ends', async () => ((await read(id, by)).finishedAt ? read(id, by) : null), LONG)
  const exportsOf = async (id: string) =>
    (await api.get<{ data: { id: string; candidateId: string; status: string; waitingFor: string | null }[] }>(`exports?batchId=${id}&limit=100`)).body.data // prettier-ignore

  it('accepts five thousand candidates at once, and names each row that it cannot export', async () => {
    const ids = await people(4990)
    const [deleted = '', done = ''] = await people(2)
    await exportAndWait(api, { candidateId: done })
    await api.delete(`candidates/${deleted}`)
    const unknown = new Types.ObjectId().toHexString()
    const asked = [...ids, ids[0] ?? '', ids[0] ?? '', deleted, done, unknown, 'not an id']

    const first = await api.post<Answer>('exports/bulk', { candidateIds: asked, requestedBy: SOURCER }, { 'idempotency-key': 'many' })
    const canceled = await change(first.body.batchId, 'cancel')
    const again = await api.post<Answer>('exports/bulk', { candidateIds: asked, requestedBy: SOURCER }, { 'idempotency-key': 'many' })

    expect(first.status).to.equal(202)
    expect(first.body).to.include({ accepted: 4990, rejectedCount: 6 })
    expect(first.body.rejected.map(({ candidateId, code }) => [candidateId, code])).to.deep.equal([
      [ids[0], 'already_exported'],
      [ids[0], 'already_exported'],
      [deleted, 'erased'],
      [done, 'already_exported'],
      [unknown, 'candidate_not_found'],
      ['not an id', 'candidate_not_found'],
    ])
    expect(again.body).to.deep.equal(first.body)
    expect(again.headers['idempotent-replayed']).to.equal('true')
    expect(await ExportModel.countDocuments({ batch: first.body.batchId })).to.equal(4990)
    expect(canceled).to.include({ total: 4990, rejected: 6 })
    expect(canceled.canceled + canceled.running + canceled.exported).to.equal(4990)
    expect((await api.get<{ export: { status: string } }>(`candidates/${ids[4000]}`)).body.export.status).to.equal('canceled')
    const audited = await AuditEventModel.find({ subject: `export_batch:${first.body.batchId}` }).lean()
    expect(audited.map(({ action }) => action)).to.have.members(['export_batch.canceled', 'export_batch.requested'])
    await finished(first.body.batchId)
  })

  it('is refused as a whole when no candidate can be exported, and stores nothing', async () => {
    const ids = await people(2)
    await api.put('users/nobody@acme.example', { name: 'Nobody', role: 'sourcer' })
    const batches = await ExportBatchModel.countDocuments()

    const answers = await Promise.all([
      api.post('exports/bulk', { candidateIds: ids, requestedBy: 'nobody@acme.example' }),
      api.post('exports/bulk', { candidateIds: ids, requestedBy: SOURCER, postingId: 'none' }),
      api.post('exports/bulk', { candidateIds: [], requestedBy: SOURCER }),
      api.post('exports/bulk', { candidateIds: Array.from({ length: 5001 }, String), requestedBy: SOURCER }),
      api.post('exports/bulk/preview', { candidateIds: Array.from({ length: 501 }, String), requestedBy: SOURCER }),
    ])

    expect(answers.map(({ status, body }) => [status, body['code']])).to.deep.equal([
      [403, 'user_not_mapped'],
      [422, 'posting_not_found'],
      [422, 'invalid_request'],
      [422, 'invalid_request'],
      [422, 'invalid_request'],
    ])
    expect(await ExportBatchModel.countDocuments()).to.equal(batches)
    expect(await ExportModel.countDocuments({ candidate: { $in: ids } })).to.equal(0)
  })

  it('exports each candidate once when two bulk exports contain the same candidates', async () => {
    const ids = await people(60)

    const answers = await Promise.all([bulk(ids), bulk(ids), bulk(ids.toReversed())])

    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).to.equal(60)
    expect(answers.every(({ accepted, rejectedCount }) => accepted + rejectedCount === 60)).to.equal(true)
    for (const { batchId } of answers) await change(batchId, 'cancel')
    for (const { batchId } of answers) await finished(batchId)
  })

  it('costs one call per candidate while the mirror is fresh, and reports the result for each', async () => {
    const [there = '', formula = '', ...ids] = await people(24)
    const inLever = (await api.get<{ name: string; emails: string[] }>(`candidates/${there}`)).body
    await api.patch(`candidates/${formula}`, { name: '=1+1' })
    await service.lever.addOpportunity({ name: inLever.name, emails: inLever.emails, stage: 'Recruiter screen' })
    await api.post('lever/sync', { resources: ['opportunities'] })
    await eventually('the mirror knows', async () => {
      const { data } = (await api.get<{ data: unknown[] }>(`lever/opportunities?candidateId=${there}`)).body
      return data.length === 1
    }, LONG) // prettier-ignore
    const preview = await api.post<{ allowed: boolean; data: { candidateId: string; duplicates: { stage: { text: string } }[]; problems: unknown[] }[] }>(
      'exports/bulk/preview',
      { candidateIds: [there, formula, 'unknown'], requestedBy: SOURCER },
    ) // prettier-ignore
    await service.lever.clearRequests()

    const { batchId, accepted } = await bulk([there, formula, ...ids])
    const batch = await finished(batchId)

    const calls = ofExports(await service.lever.requests('/opportunities')).filter(({ path }) => path === '/opportunities')
    expect(preview.body.allowed).to.equal(true)
    expect(preview.body.data[0]?.duplicates[0]?.stage.text).to.equal('Recruiter screen')
    expect(preview.body.data.slice(1)).to.deep.equal([
      { candidateId: formula, duplicates: [], problems: [] },
      { candidateId: 'unknown', duplicates: [], problems: [{ code: 'candidate_not_found', detail: 'There is no such candidate.' }] },
    ])
    expect(accepted).to.equal(24)
    expect(batch).to.include({ status: 'finished', total: 24, exported: 23, duplicate: 1, queued: 0, running: 0, secondsLeft: null })
    expect(calls.map(({ method }) => method)).to.deep.equal(Array.from({ length: 23 }, () => 'POST'))
    expect((await exportsOf(batchId)).map(({ candidateId }) => candidateId)).to.have.members([there, formula, ...ids])
    const { body: csv, headers } = await api.get<string>(`export-batches/${batchId}/result.csv`)
    const lines = csv.trim().split('\r\n')
    expect(headers['content-type']).to.equal('text/csv; charset=utf-8')
    expect(lines).to.have.length(25)
    expect(lines.find((line) => line.startsWith(formula))).to.include(",'=1+1,exported,general,")
    expect(lines.find((line) => line.startsWith(there))).to.include(',duplicate,')
  })

  it('waits while it is paused, whatever happens to the connection, and does not hold up others', async () => {
    const ids = await people(80)
    const { batchId } = await bulk(ids)
    const paused = await change(batchId, 'pause')
    await eventually('what ran has ended', async () => (await read(batchId)).running === 0, LONG)

    await api.post('connection/pause')
    await api.post('connection/activate')
    const single = await exportAndWait(api, newPersonWish(), LONG)

    const waiting = await read(batchId)
    const held = (await exportsOf(batchId)).filter(({ status }) => status === 'queued')
    expect(paused.status).to.equal('paused')
    expect(single.status).to.equal('exported')
    expect(waiting).to.include({ status: 'paused', finishedAt: null })
    expect(waiting.queued).to.be.above(0)
    expect(held.map(({ waitingFor }) => waitingFor)).to.deep.equal(held.map(() => 'paused'))
    await change(batchId, 'resume')
    expect(await finished(batchId)).to.include({ exported: 80, status: 'finished' })
  })

  it('reaches a consistent state after concurrent pauses and resumes, even if a process stops halfway', async () => {
    const { batchId } = await bulk(await people(60))

    await Promise.all(['pause', 'resume', 'pause', 'resume', 'pause', 'resume', 'pause'].map((verb) => change(batchId, verb)))
    await change(batchId, 'pause')
    await eventually('what has not gone over is paused', async () => {
      const left = (await exportsOf(batchId)).filter(({ status }) => ['queued', 'running'].includes(status))
      return left.every(({ waitingFor }) => waitingFor === 'paused')
    }, LONG) // prettier-ignore
    await ExportBatchModel.updateOne(
      { _id: batchId },
      { isPaused: false, unsettledSince: new Date(Date.now() - 3_600_000), $inc: { revision: 1 } },
    )
    await settleAbandoned()

    expect(await finished(batchId)).to.include({ exported: 60 })
  })

  it('cancels the exports that have not started', async () => {
    const ids = await people(60)
    const { batchId } = await bulk(ids)
    await eventually('some have begun', async () => (await read(batchId)).queued < 60, LONG)

    const canceled = await change(batchId, 'cancel')
    const batch = await finished(batchId)

    expect(canceled.queued).to.equal(0)
    expect(batch.exported + batch.canceled).to.equal(60)
    expect(batch.canceled).to.be.above(0)
    const emails = new Set((await CandidateModel.find({ _id: { $in: ids } }).lean()).flatMap((candidate) => candidate.emails))
    const inLever = (await service.lever.allOpportunities()).flatMap((one) => one.emails.filter((email) => emails.has(email)))
    expect(inLever).to.have.length(batch.exported)
    expect(new Set(inLever).size).to.equal(batch.exported)
  })

  it('retries the failed exports, and nothing else', async () => {
    await service.lever.fault({ kind: 'status', status: 400, match: CREATE, times: 3, body: { code: 'BadRequestError', message: 'Odd' } })
    const { batchId } = await bulk(await people(8))
    const before = await finished(batchId)
    const failed = (await exportsOf(batchId)).filter(({ status }) => status === 'failed')
    // of one the target has been taken since
    await exportAndWait(api, { candidateId: failed[0]?.candidateId }, LONG)

    const again = await change(batchId, 'retry')
    const after = await finished(batchId)

    expect(before).to.include({ exported: 5, failed: 3 })
    expect(again.finishedAt).to.equal(null)
    expect(after).to.include({ exported: 7, failed: 1, total: 8 })
    expect(Date.parse(after.finishedAt ?? '')).to.be.at.least(Date.parse(before.finishedAt ?? ''))
  })

  it('delays neither interactive exports nor other organizations', async () => {
    const other = await service.connected()
    const { batchId } = await bulk(await people(200))
    const theirs = await bulk(await people(8, other.id), {}, other.api)

    const single = await exportAndWait(api, newPersonWish(), LONG)
    const theirBatch = await finished(theirs.batchId, other.api)

    const ours = await read(batchId)
    expect([single.status, theirBatch.exported]).to.deep.equal(['exported', 8])
    expect(ours.queued).to.be.above(20)
    expect(ours.finishedAt).to.equal(null)
    expect((await other.api.get(`export-batches/${batchId}`)).status).to.equal(404)
    expect((await other.api.post(`export-batches/${batchId}/cancel`)).status).to.equal(404)
    await change(batchId, 'cancel')
    await finished(batchId)
  })
})

function newPersonWish(): Record<string, unknown> {
  return { candidate: newPerson() }
}
