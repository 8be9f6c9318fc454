import { expect } from 'chai'
import { freePort } from '../../scripts/free-port.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { ExportModel, type ExportDocument } from '../../src/export/export-model.ts'
import { LeverOpportunityModel } from '../../src/mirror/lever-opportunity-model.ts'
import { eventually } from '../support/eventually.ts'
import type { LeverRequest } from '../support/lever.ts'
import { SHIFTED_CLOCK, startServe, type ServeProcess } from '../support/serve.ts'
import {
  exportsInProgress,
  newPerson,
  SOURCER,
  startService,
  type Api,
  type ExportAnswer,
  type ServiceForTests,
} from '../support/service.ts'

const CREATE = { method: 'POST', path: '^/opportunities$' }
const LEASE_MS = 3000
const SETTLE_MS = 2500
/** So slow that a worker always holds exports that wait for the request budget. */
const PER_SECOND = 10
const BULK = 36
const TEN_MINUTES_MS = 600_000
const LONG = 60_000

interface Batch {
  total: number
  exported: number
  finishedAt: string | null
}

/** The web role runs in this process, and each worker in a process of its own; the tests run in order over their lifetimes. */
describe('workers whose clocks are twenty minutes apart', function () {
  this.timeout(120_000)
  let service: ServiceForTests
  let api: Api
  let organization: string
  let first: ServeProcess
  let second: ServeProcess
  const workers: ServeProcess[] = []

  const startWorker = async (clockShiftMs: number): Promise<ServeProcess> => {
    const env = { ...service.env, ROLES: 'worker', PORT: String(await freePort()), LOG_LEVEL: 'info', CLOCK_SHIFT_MS: String(clockShiftMs) }
    const worker = await startServe(env, SHIFTED_CLOCK)
    workers.push(worker)
    return worker
  }

  before(async () => {
    const times = { LEASE_MS: String(LEASE_MS), SETTLE_MS: String(SETTLE_MS), LEVER_TIMEOUT_MS: '4000' }
    const budget = { LEVER_REQUESTS_PER_SECOND: String(PER_SECOND), LEVER_BURST: String(PER_SECOND) }
    service = await startService({ ...times, ...budget, ROLES: 'web' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    first = await startWorker(TEN_MINUTES_MS)
    ;({ api, id: organization } = await service.connected())
  })
  afterEach(() => service.lever.clearFaults())
  after(async () => {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')))
    await service.stop()
  })

  /** Starts a bulk export of `BULK` candidates, and resolves when the first have landed. @returns the batch's id */
  async function beginBulk(): Promise<string> {
    await service.lever.clearRequests()
    const people = Array.from({ length: BULK }, () => {
      const person = newPerson()
      return { organization, ...person, emailKeys: person['emails'] }
    })
    const candidateIds = (await CandidateModel.insertMany(people)).map(({ _id }) => String(_id))
    const { status, body } = await api.post<{ batchId: string }>('exports/bulk', { candidateIds, requestedBy: SOURCER })
    expect(status).to.equal(202)
    await eventually('some have gone over', async () => (await creates()).length >= 3, LONG)
    return body.batchId
  }
  const creates = async (): Promise<LeverRequest[]> =>
    (await service.lever.requests('/opportunities')).filter(({ method, path }) => method === 'POST' && path === '/opportunities')
  const exportsOf = (batch: string): Promise<ExportDocument[]> => ExportModel.find({ batch }).sort({ _id: 1 }).lean<ExportDocument[]>()
  const finished = (batch: string): Promise<Batch> =>
    eventually('the batch ends', async () => {
      const { body } = await api.get<Batch>(`export-batches/${batch}`)
      return body.finishedAt ? body : null
    }, LONG) // prettier-ignore

  /** Asserts that each candidate of the batch is in Lever once, as its export says, and that the counts of the batch add up. */
  async function expectOnceEach(batch: string): Promise<void> {
    const ended = await finished(batch)
    const exports = await exportsOf(batch)
    const candidates = await CandidateModel.find({ _id: { $in: exports.map(({ candidate }) => candidate) } }).lean()
    const emails = new Set(candidates.flatMap((one) => one.emails))
    const inLever = (await service.lever.allOpportunities()).filter((one) => one.emails.some((email) => emails.has(email)))
    expect(ended).to.include({ total: BULK, exported: BULK })
    expect(inLever.map(({ id }) => id)).to.have.members(exports.map(({ opportunityId }) => opportunityId))
    expect(inLever).to.have.length(BULK)
    const ids = inLever.map(({ id }) => id)
    const mirrored = await LeverOpportunityModel.find({ organization, leverId: { $in: ids } }).lean()
    expect(mirrored).to.have.length(BULK)
    for (const { readAt } of mirrored) expect(Math.abs(readAt.getTime() - Date.now()), 'age of the reading').to.be.below(TEN_MINUTES_MS / 2)
  }

  it('change and send nothing after being stopped past their lease and resumed', async () => {
    const batch = await beginBulk()
    process.kill(first.pid, 'SIGSTOP')
    const held = await ExportModel.countDocuments({ batch, claim: { $ne: null } })
    second = await startWorker(-TEN_MINUTES_MS)
    await finished(batch)
    const [exports, sent] = [await exportsOf(batch), await creates()]

    process.kill(first.pid, 'SIGCONT')
    await eventually('it has let go of all it held', async () => (await exportsInProgress(first.url)) === 0, LONG)

    expect(held).to.be.above(4)
    expect(await exportsOf(batch)).to.deep.equal(exports)
    expect(await creates()).to.deep.equal(sent)
    await expectOnceEach(batch)
  })

  it('let unclear exports wait for the full settle time, and say so during that time', async () => {
    const people = Array.from({ length: 4 }, () => newPerson())
    await service.lever.clearRequests()
    await service.lever.fault({ kind: 'resetAfter', match: CREATE, times: people.length })
    const asked = await Promise.all(people.map((candidate) => api.post<ExportAnswer>('exports', { candidate, requestedBy: SOURCER })))
    const read = () => Promise.all(asked.map(async ({ body }) => (await api.get<ExportAnswer>(`exports/${body.id}`)).body))

    await eventually('one rests', async () => (await read()).some(({ waitingFor }) => waitingFor === 'settling'), LONG)
    await eventually('all are exported', async () => (await read()).every(({ status }) => status === 'exported'), LONG)

    const requests = await service.lever.requests('/opportunities')
    for (const { emails } of people) {
      const [sent, ...again] = (await creates()).filter(({ body }) => JSON.stringify(body).includes(String((emails as string[])[0])))
      const looks = requests.filter(({ method, query, at }) => method === 'GET' && (emails as string[]).includes(String(query['email'])) && at > (sent?.at ?? 0)) // prettier-ignore
      expect(again).to.deep.equal([])
      expect((looks[0]?.at ?? 0) - (sent?.at ?? 0)).to.be.at.least(SETTLE_MS - 100)
    }
  })

  it('observe the pause that Lever requests', async () => {
    const candidate = newPerson()
    await service.lever.clearRequests()
    await service.lever.fault({ kind: 'status', status: 429, headers: { 'retry-after': '3' }, match: CREATE, times: 1 })
    const { body } = await api.post<ExportAnswer>('exports', { candidate, requestedBy: SOURCER })
    const read = async () => (await api.get<ExportAnswer>(`exports/${body.id}`)).body

    await eventually('it waits for the budget', async () => (await read()).waitingFor === 'budget', LONG)
    await eventually('it is exported', async () => (await read()).status === 'exported', LONG)

    const [refused, taken, ...more] = await creates()
    expect(more).to.deep.equal([])
    expect((taken?.at ?? 0) - (refused?.at ?? 0)).to.be.at.least(2900)
  })

  it('hand over within 10 s when stopped in the middle of a bulk export, and lose nothing', async () => {
    const batch = await beginBulk()
    await eventually('its hands are full', async () => (await exportsInProgress(first.url)) > 4, LONG)
    const endedAt = performance.now()

    const code = await first.end('SIGTERM')
    const tookMs = performance.now() - endedAt

    expect(code).to.equal(0)
    expect(tookMs).to.be.below(10_000)
    await expectOnceEach(batch)
    const leftLying = (await exportsOf(batch)).filter(({ attempts }) => attempts.some(({ detail }) => detail?.includes('stopped')))
    expect(leftLying).to.deep.equal([])
  })

  it('are replaced within a minute when killed in the middle of a bulk export, including the call in progress', async () => {
    const batch = await beginBulk()
    await service.lever.fault({ kind: 'hangAfter', match: CREATE, times: 1 })
    await eventually('a call is under way', async () => (await creates()).some(({ fault }) => fault === 'hangAfter'), LONG)
    const held = await ExportModel.find({ batch, claim: { $ne: null } }).lean<ExportDocument[]>()
    await second.end('SIGKILL')
    const killedAt = performance.now()

    await startWorker(TEN_MINUTES_MS)
    await eventually('what it held has ended', async () =>
      (await ExportModel.countDocuments({ _id: { $in: held.map(({ _id }) => _id) }, status: 'exported' })) === held.length, LONG) // prettier-ignore

    expect(performance.now() - killedAt).to.be.below(60_000)
    expect(held.length).to.be.above(4)
    await expectOnceEach(batch)
  })
})
