import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { ExportModel } from '../../src/export/export-model.ts'
import { eventually } from '../support/eventually.ts'
import { exportAndWait, newPerson, SOURCE, startService, type Api, type ServiceForTests } from '../support/service.ts'

const AGO_MS = 15 * 60_000

describe('the hourly comparison of exports with Lever', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api

  before(async () => {
    service = await startService()
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
  async function loseOne(opportunityId: string): Promise<void> {
    const found = await ExportModel.collection.findOne({ opportunityId })
    const copy: Record<string, unknown> = { ...found, _id: new Types.ObjectId(), madeOpportunityId: 'gone', opportunityId: 'gone' }
    delete copy['openKey']
    await ExportModel.collection.insertOne(copy)
  }

  async function compare(): Promise<void> {
    await ExportModel.collection.updateMany({}, { $set: { finishedAt: new Date(Date.now() - AGO_MS) } })
    const jobs = mongoose.connection.collection('agenda_jobs')
    await eventually('the job is there', () => jobs.findOne({ name: 'audit exports' }), 30_000)
    await jobs.updateOne({ name: 'audit exports' }, { $set: { nextRunAt: new Date(0), lockedAt: null } })
  }

  it('counts what is there twice, what nobody exported and what is gone, and nothing else', async () => {
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
})
