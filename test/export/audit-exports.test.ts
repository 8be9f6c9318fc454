import { expect } from 'chai'
import { Types } from 'mongoose'
import { ExportAuditRunModel } from '../../src/export/export-audit-model.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { eventually } from '../support/eventually.ts'
import { authorize, exportAndWait, newPerson, SOURCE, startService, type Api, type ServiceForTests } from '../support/service.ts'

const AGO_MS = 15 * 60_000

describe('hourly comparison of exports with Lever', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api

  before(async () => {
    service = await startService({ LEASE_MS: '10000', LEVER_TIMEOUT_MS: '8000' })
    ;({ api } = await service.connected())
    await service.lever.settings({ clockOffsetMs: -AGO_MS, rateLimit: { enabled: false } })
  })
  after(() => service.stop())

  async function exported(): Promise<{ email: string; opportunityId: string }> {
    const person = newPerson()
    const { body } = await api.post<{ id: string; emails: string[] }>('candidates', person)
    const { opportunityId } = await exportAndWait(api, { candidateId: body.id })
    return { email: body.emails[0] ?? '', opportunityId: opportunityId ?? '' }
  }

  /** A copy of an export whose opportunity Lever does not have. */
  async function loseOne(opportunityId: string, lost = 'gone'): Promise<void> {
    const found = await ExportModel.collection.findOne({ opportunityId })
    const copy: Record<string, unknown> = { ...found, _id: new Types.ObjectId(), madeOpportunityId: lost, opportunityId: lost }
    delete copy['openKey']
    await ExportModel.collection.insertOne(copy)
  }

  async function compare(): Promise<void> {
    await ExportModel.collection.updateMany({}, { $set: { finishedAt: new Date(Date.now() - AGO_MS) } })
    const resting = { dueAt: { $lt: NEVER }, claim: null } // one that runs would set its next time as it ends
    const isAsked = async () => (await ExportAuditRunModel.updateOne(resting, { $set: { dueAt: new Date(0) } })).matchedCount === 1
    await eventually('the comparison is scheduled and rests', isAsked, 30_000)
  }

  it('counts duplicates, opportunities that we did not export, and missing opportunities, and nothing else', async () => {
    const [doubled, deleted, changed] = [await exported(), await exported(), await exported()]
    await service.lever.addOpportunity({ emails: [doubled.email], sources: [SOURCE] })
    await service.lever.addOpportunity({ emails: ['stranger@mail.example'], sources: [SOURCE] })
    await service.lever.addOpportunity({ emails: ['other@mail.example'], sources: ['Referral'] })
    await service.lever.deleteOpportunity(deleted.opportunityId)
    await loseOne(changed.opportunityId)
    const askedAt = Date.now()
    await compare()

    const audit = await eventually('it was compared', async () => {
      const { body } = await api.get<{ exportAudit: { comparedAt: string } | null }>('connection')
      return body.exportAudit && Date.parse(body.exportAudit.comparedAt) >= askedAt && body.exportAudit
    }, 30_000) // prettier-ignore

    expect(audit).to.deep.include({ doubles: 1, strangers: 1, losses: 1 })
    expect(await (await fetch(`${service.url}/metrics`)).text()).to.include('fulcrum_export_audit_findings{kind="loss"} 1')
  })

  it('starts over for each connection, and does not report opportunities of the previous account as missing', async () => {
    const { opportunityId } = await exported()
    await loseOne(opportunityId, 'gone-too')

    await api.delete('connection')
    await authorize(api, service.lever)
    const { exportAudit } = (await api.get<{ exportAudit: unknown }>('connection')).body
    await api.post('connection/activate')
    await compare()
    const audit = await eventually('it was compared', async () => {
      const { body } = await api.get<{ exportAudit: object | null }>('connection')
      return body.exportAudit
    }, 30_000) // prettier-ignore

    expect(exportAudit).to.equal(null)
    expect(audit).to.include({ doubles: 0, strangers: 0, losses: 0 })
  })
})
