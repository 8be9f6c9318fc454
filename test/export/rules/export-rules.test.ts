import { expect } from 'chai'
import { got } from 'got'
import { CandidateModel } from '../../../src/candidates/candidate-model.ts'
import { ExportModel } from '../../../src/export/export-model.ts'
import { ExportRuleEntryModel } from '../../../src/export/rules/export-rule-entry-model.ts'
import { ExportRuleModel } from '../../../src/export/rules/export-rule-model.ts'
import { LEVER_ADMIN } from '../../support/lever.ts'
import { eventually } from '../../support/eventually.ts'
import { exportAndWait, newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../../support/service.ts'

interface Rule {
  name: string
  active: boolean
  waiting: number
  requested: number
  refused: number
  problem: { code: string } | null
}

interface Listed {
  id: string
  candidateId: string
  status: string
  requestedBy: string
  note: { status: string } | null
}

const LONG = 45_000
/** Tried with 500 too. */
const MOVED = 120

describe('automatic export', function () {
  this.timeout(90_000)
  let service: ServiceForTests
  let api: Api
  let apiKey: string
  let organization: string

  before(async () => {
    service = await startService({ LEVER_REQUESTS_PER_SECOND: '200', LEVER_BURST: '200', LEVER_TIMEOUT_MS: '8000', SETTLE_MS: '8000', LEASE_MS: '10000', JOB_POLL_MS: '200' }) // prettier-ignore
    await service.lever.settings({ rateLimit: { enabled: false } })
  })
  after(() => service.stop())
  beforeEach(async () => {
    ;({ api, apiKey, id: organization } = await service.connected())
  })

  const put = async (name: string, terms: Record<string, unknown> = {}): Promise<Rule> => {
    const { status, body } = await api.put<Rule>(`export-rules/${name}`, { stages: ['qualified'], requestedBy: SOURCER, ...terms })
    expect(status, JSON.stringify(body)).to.be.oneOf([200, 201])
    return body
  }
  const rule = async (name: string): Promise<Rule> => {
    const { body } = await api.get<{ data: Rule[] }>('export-rules')
    const found = body.data.find((one) => one.name === name)
    if (!found) throw new Error(`there is no rule ${name}`)
    return found
  }
  const settled = (name: string, requested: number): Promise<Rule> =>
    eventually(`${requested} are asked for under ${name}`, async () => {
      const now = await rule(name)
      return now.requested === requested && now.waiting === 0 ? now : null
    }, LONG) // prettier-ignore
  const add = async (fields: Record<string, unknown> = {}): Promise<string> =>
    (await api.post<{ id: string }>('candidates', newPerson(fields))).body.id
  const exportsOf = async (candidateId: string): Promise<Listed[]> =>
    (await api.get<{ data: Listed[] }>(`exports?candidateId=${candidateId}`)).body.data
  const importCsv = (lines: string[]) =>
    got.post(`${service.url}/api/v1/candidates/import`, {
      body: lines.join('\n'),
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' },
      responseType: 'json',
    })

  it('exports everyone whom an import moves into the stage, once each, except those whom the rule may not export', async () => {
    const people = Array.from({ length: MOVED + 3 }, (_, at) => ({ name: `Moved Person ${at}`, email: `moved-${at}@mail.example` }))
    const file = (stage: string) => [
      'externalId,name,email,stage,project',
      ...people.map(({ name, email }, at) => `m${at},${name},${email},${stage},${at === MOVED ? 'Other' : 'Search'}`),
    ]
    await importCsv(file('potential'))
    const [byHand, erased] = await Promise.all(
      [`m${MOVED + 1}`, `m${MOVED + 2}`].map((externalId) => CandidateModel.findOne({ organization, externalId }).lean()),
    )
    await exportAndWait(api, { candidateId: String(byHand?._id) })
    await api.delete(`candidates/${String(erased?._id)}`)
    await put('movers', { stages: ['Qualified'], projects: ['search'] })

    await importCsv(file('qualified'))
    const first = await settled('movers', MOVED)
    await importCsv(file('qualified'))
    await importCsv(file('potential'))
    await importCsv(file('qualified'))

    expect(first.refused).to.equal(1)
    await eventually(
      'all have ended',
      async () => (await ExportModel.countDocuments({ organization, status: 'exported' })) === MOVED + 1,
      LONG,
    )
    expect(await settled('movers', MOVED)).to.include({ refused: 1, waiting: 0 })
    const made = (await service.lever.allOpportunities()).filter(({ name }) => name.startsWith('Moved Person'))
    expect(new Set(made.map(({ name }) => name)).size).to.equal(MOVED + 1)
    expect(made).to.have.length(MOVED + 1)
    expect(await ExportModel.countDocuments({ organization })).to.equal(MOVED + 1)
    expect(made.map(({ name }) => name)).not.to.include.members([`Moved Person ${MOVED}`])
    expect(await ExportModel.distinct('lane', { organization, openKey: { $not: new RegExp(String(byHand?._id)) } })).to.deep.equal([1])
  })

  it('exports candidates who enter the stage by POST or PATCH, as the rule’s person and with its note, and ignores re-entry', async () => {
    await put('entering', { stages: ['qualified', 'interested'], note: 'Found by a rule' })
    const posted = await add({ stage: 'qualified' })
    const patched = await add({ stage: 'potential' })

    await api.patch(`candidates/${patched}`, { stage: 'interested' })
    await settled('entering', 2)
    for (const stage of ['potential', 'qualified', null, 'interested']) await api.patch(`candidates/${patched}`, { stage })

    const [one, ...others] = await eventually('it has landed', async () => {
      const found = await exportsOf(patched)
      return found[0]?.status === 'exported' && found[0].note?.status === 'written' ? found : null
    }, LONG) // prettier-ignore
    expect([one?.requestedBy, others]).to.deep.equal([SOURCER, []])
    expect(await exportsOf(posted)).to.have.length(1)
    expect(await ExportRuleEntryModel.countDocuments({ organization })).to.equal(2)
  })

  it('exports candidates who are already in the stage only on request', async () => {
    const there = await add({ stage: 'qualified' })
    const elsewhere = await add({ stage: 'potential' })
    await put('existing')
    await api.patch(`candidates/${there}`, { headline: 'Changed, but where they were' })
    await settled('existing', 0)
    expect(await ExportRuleEntryModel.countDocuments({ organization })).to.equal(0)

    await put('existing', { applyToExisting: true })
    await settled('existing', 1)

    expect(await exportsOf(there)).to.have.length(1)
    expect(await exportsOf(elsewhere)).to.deep.equal([])
  })

  it('exports no candidates of another organization, whose rules ignore those of this one', async () => {
    const other = await service.connected()
    await other.api.put('export-rules/theirs', { stages: ['qualified'], requestedBy: SOURCER })

    const here = await add({ stage: 'qualified' })
    const entered = await ExportRuleEntryModel.countDocuments({ organization: other.id })
    await put('ours', { applyToExisting: true })
    await settled('ours', 1)

    expect(entered).to.equal(0)
    expect(await exportsOf(here)).to.have.length(1)
    expect(await ExportModel.countDocuments({ organization: other.id })).to.equal(0)
  })

  it('keeps blocked candidates waiting with the reason, and exports them once the cause is fixed', async () => {
    await api.put(`users/${SOURCER}`, { name: 'Bo Lindqvist', role: 'sourcer', active: false })
    await put('waiting')
    const candidate = await add({ stage: 'qualified' })

    const held = await eventually('the reason is known', async () => ((await rule('waiting')).problem ? rule('waiting') : null), LONG)
    expect(held).to.deep.include({ waiting: 1, requested: 0 })
    expect(held.problem?.code).to.equal('user_inactive')
    expect(await exportsOf(candidate)).to.deep.equal([])

    await api.put(`users/${SOURCER}`, { name: 'Bo Lindqvist', role: 'sourcer', active: true })
    expect((await settled('waiting', 1)).problem).to.equal(null)
  })

  it('does not export an entry twice when it is resumed after a crash, and finds an entry whose wake-up was lost', async () => {
    await put('crash')
    const candidate = await add({ stage: 'qualified' })
    await settled('crash', 1)
    await eventually('it has ended', async () => (await exportsOf(candidate))[0]?.status === 'exported', LONG)
    // as a crash leaves it between the export and the entry, and the export has ended since so that its target is free
    await ExportModel.updateOne({ organization }, { $set: { status: 'failed' }, $unset: { openKey: 1 } })
    await ExportRuleEntryModel.updateOne({ organization }, { $set: { status: 'open' } })
    const { _id, rule: of } = await ExportRuleEntryModel.findOne({ organization }).orFail().lean()
    const lost = await CandidateModel.create({ organization, ...newPerson() })
    await ExportRuleEntryModel.create({ organization, rule: of, candidate: lost._id, status: 'open' })

    await settled('crash', 2)

    expect((await exportsOf(candidate)).map(({ id }) => id)).to.deep.equal([String(_id)])
    expect(await exportsOf(String(lost._id))).to.have.length(1)
  })

  it('previews the candidates that a saved or unsaved rule would export, and writes nothing', async () => {
    const [fresh, done] = [await add({ stage: 'Qualified', project: 'P1' }), await add({ stage: 'qualified', project: 'P1' })]
    await add({ stage: 'qualified', project: 'P2' })
    await exportAndWait(api, { candidateId: done })
    const terms = { stages: ['qualified'], projects: ['P1'], requestedBy: SOURCER }

    const elsewhere = await service.connected()
    await elsewhere.api.post('candidates', newPerson({ stage: 'qualified', project: 'P1' }))

    const unsaved = await api.post<{ candidates: number; allowed: boolean; data: { candidateId: string }[] }>(
      'export-rules/new/preview',
      terms,
    )
    const none = await api.post('export-rules/new/preview')
    const unmapped = await api.post('export-rules/new/preview', { ...terms, requestedBy: LEVER_ADMIN })
    await put('saved', { active: false })
    const saved = await api.post<{ candidates: number }>('export-rules/saved/preview')

    expect(unsaved.status).to.equal(200)
    expect(unsaved.body).to.deep.include({ candidates: 1, allowed: true })
    expect(unsaved.body.data.map(({ candidateId }) => candidateId)).to.deep.equal([fresh])
    expect([none.status, none.body['code']]).to.deep.equal([404, 'not_found'])
    expect(unmapped.body).to.deep.include({ candidates: 1, allowed: false })
    expect(saved.body).to.deep.include({ candidates: 2 })
    expect(await ExportRuleModel.countDocuments({ organization })).to.equal(1)
    expect(await ExportRuleEntryModel.countDocuments({ organization })).to.equal(0)
  })

  it('does nothing while it is inactive, can be changed under its name, and can be removed', async () => {
    const first = await api.put('export-rules/Resting%20one', { stages: ['qualified'], requestedBy: SOURCER, active: false })
    const inactive = await add({ stage: 'qualified' })
    const again = await api.put('export-rules/Resting%20one', { stages: ['hired'], requestedBy: SOURCER })
    await add({ stage: 'hired' })
    await settled('Resting one', 1)

    const removed = await api.delete('export-rules/Resting%20one')
    const late = await add({ stage: 'hired' })

    expect([first.status, again.status, removed.status]).to.deep.equal([201, 200, 204])
    expect((await api.delete('export-rules/Resting%20one')).status).to.equal(404)
    expect([...(await exportsOf(inactive)), ...(await exportsOf(late))]).to.deep.equal([])
    expect(await ExportRuleEntryModel.countDocuments({ organization })).to.equal(0)
    const wrong = await api.put<{ code: string }>('export-rules/x', { stages: [], requestedBy: SOURCER, onDuplicate: 'create' })
    expect([wrong.status, wrong.body.code]).to.deep.equal([422, 'invalid_request'])
  })
})
