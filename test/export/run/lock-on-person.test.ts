import { expect } from 'chai'
import { ExportModel } from '../../../src/export/export-model.ts'
import { eventually } from '../../support/eventually.ts'
import { QUICK_TIMES } from '../../support/quick-times.ts'
import { newPerson, SOURCER, startService, waitForEnd, type Api, type ServiceForTests } from '../../support/service.ts'

const LIST = { method: 'GET', path: '^/opportunities$', query: 'email=' }

/** The lock does not wait for the majority, so a failing primary may lose the lock but keep the claim. */
describe('an export', () => {
  let service: ServiceForTests
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService({ ...QUICK_TIMES, LEASE_MS: '2000' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    api = (await service.connected()).api
  })
  after(() => service.stop())

  it('sends nothing after the lock on its person is lost, until it is checked again under a new lock', async () => {
    const candidate = (await api.post<{ id: string; emails: string[] }>('candidates', newPerson())).body
    await service.lever.clearRequests()
    await service.lever.fault({ kind: 'slow', delayMs: 60_000, match: LIST, times: 1 })
    const { id } = (await api.post<{ id: string }>('exports', { requestedBy: SOURCER, candidateId: candidate.id })).body
    await eventually('Lever holds its answer', async () => (await service.lever.requests()).some(({ fault }) => fault === 'slow'))

    await ExportModel.collection.updateOne({ _id: (await ExportModel.findById(id).orFail())._id }, { $unset: { personLock: 1 } })
    await service.lever.clearFaults()
    const ended = await waitForEnd(api, id)

    const requests = (await service.lever.requests()).filter(({ path }) => path === '/opportunities').map(({ method }) => method)
    expect([ended.status, (await service.lever.opportunitiesByEmail(candidate.emails[0] ?? '')).length]).to.deep.equal(['exported', 1])
    expect([requests.indexOf('POST'), requests.length]).to.deep.equal([requests.length - 1, Math.max(3, requests.length)])
  })

  it('waits up to two seconds while a resting export holds the lock, instead of the shortest pause', async () => {
    const person = newPerson()
    const add = async (tag: string): Promise<string> =>
      (await api.post<{ id: string }>('candidates', { ...person, externalId: `${tag}-${String(person['name'])}` })).body.id
    const [first, second] = [await add('a'), await add('b')]
    await service.lever.clearRequests()
    await service.lever.fault({ kind: 'slow', delayMs: 60_000, match: LIST, times: 1 })
    const ask = async (candidateId: string) => (await api.post<{ id: string }>('exports', { requestedBy: SOURCER, candidateId })).body.id
    const holder = await ask(first)
    await eventually('Lever holds its answer', async () => (await service.lever.requests()).some(({ fault }) => fault === 'slow'))
    await ExportModel.updateOne({ _id: holder }, { $set: { dueAt: new Date(Date.now() + 60_000) } })

    const waiting = await ask(second)

    const restsMs = await eventually('the other export waits', async () => {
      const { dueAt, claim, fence } = await ExportModel.findById(waiting).orFail()
      const rests = dueAt.getTime() - Date.now()
      return fence > 0 && claim === null && rests > 701 ? rests : null
    })
    expect(restsMs).to.be.at.most(2000)
    await service.lever.clearFaults()
  })
})
