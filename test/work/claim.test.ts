import { expect } from 'chai'
import { model, Schema, Types } from 'mongoose'
import { assertLeaseHolds, claimWork, heartbeat, LeaseLost } from '../../src/work/claim.ts'
import { workFields, type WorkDocument } from '../../src/work/work-fields.ts'
import { writeStep } from '../../src/work/write-step.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { eventually } from '../support/eventually.ts'
import { rejection } from '../support/rejection.ts'

interface Errand extends WorkDocument {
  result?: unknown
  attempts?: { at: Date; step: string; outcome: string; detail: string | null }[]
}

const schema = new Schema(
  { ...workFields, organization: Schema.Types.ObjectId, status: String, result: Schema.Types.Mixed, attempts: [Schema.Types.Mixed] },
  { collection: 'test_errands' },
)
const ErrandModel = model('TestErrand', schema)
const OPTIONS = { statuses: ['queued', 'working'], atMost: 10, leaseMs: 60_000 }

async function errand(fields: Partial<Errand> = {}): Promise<Types.ObjectId> {
  const created = await ErrandModel.create({ organization: new Types.ObjectId(), status: 'queued', dueAt: new Date(0), ...fields })
  return created._id
}

describe('claimed work', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    await ErrandModel.deleteMany({})
  })

  it('is claimed by one of many that claim at once', async () => {
    for (let i = 0; i < 20; i += 1) await errand()

    const claims = await Promise.all(Array.from({ length: 8 }, () => claimWork<Errand>(ErrandModel, { ...OPTIONS, atMost: 20 })))

    const ids = claims.flat().map(({ document }) => String(document._id))
    expect(new Set(ids).size).to.equal(ids.length)
    expect((await claimWork(ErrandModel, { ...OPTIONS, atMost: 20 })).length + ids.length).to.equal(20)
  })

  it('is not claimed before it is due, or in another status', async () => {
    await errand({ dueAt: new Date(Date.now() + 60_000) })
    await errand({ status: 'done' })

    expect(await claimWork(ErrandModel, OPTIONS)).to.deep.equal([])
  })

  it('is claimed from the most urgent lane first', async () => {
    await errand({ lane: 2, dueAt: new Date(0) })
    const urgent = await errand({ lane: 0, dueAt: new Date(1000) })

    const [first] = await claimWork<Errand>(ErrandModel, { ...OPTIONS, atMost: 1 })

    expect(String(first?.document._id)).to.equal(String(urgent))
  })

  it('is taken over once the lease has lapsed, and the first worker can no longer write', async () => {
    await errand()
    const [first] = await claimWork<Errand>(ErrandModel, { ...OPTIONS, leaseMs: 50 })
    if (!first) throw new Error('nothing claimed')

    const [second] = await eventually('the lapsed lease is claimed', async () => {
      const claimed = await claimWork<Errand>(ErrandModel, OPTIONS)
      return claimed.length > 0 ? claimed : null
    })

    expect(await rejection(writeStep(ErrandModel, first, { set: { result: 'late' } }))).to.be.instanceOf(LeaseLost)
    expect(await rejection(heartbeat(ErrandModel, first, 50))).to.be.instanceOf(LeaseLost)
    expect(() => assertLeaseHolds(first)).to.throw(LeaseLost)
    expect((await ErrandModel.findById(first.document._id).lean())?.result).to.equal(undefined)
    expect(second?.document.fence).to.equal(first.document.fence + 1)
  })

  it('stays with its worker while the heartbeat continues', async () => {
    await errand()
    const [claimed] = await claimWork<Errand>(ErrandModel, { ...OPTIONS, leaseMs: 300 })
    if (!claimed) throw new Error('nothing claimed')

    await heartbeat(ErrandModel, claimed, 60_000)
    await new Promise((resolve) => setTimeout(resolve, 350))

    expect(await claimWork(ErrandModel, OPTIONS)).to.deep.equal([])
    expect(() => assertLeaseHolds(claimed)).not.to.throw()
  })
})

describe('a step of claimed work', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    await ErrandModel.deleteMany({})
  })

  async function claimOne() {
    await errand()
    const [claimed] = await claimWork<Errand>(ErrandModel, OPTIONS)
    if (!claimed) throw new Error('nothing claimed')
    return claimed
  }

  it('stores values literally, whatever they look like', async () => {
    const claimed = await claimOne()

    const written = await writeStep(ErrandModel, claimed, {
      set: { result: { name: '$status', sum: { $add: [1, 2] } } },
      attempt: { step: '$fence', outcome: 'x' },
    })

    expect(written.result).to.deep.equal({ name: '$status', sum: { $add: [1, 2] } })
    expect(written.attempts?.[0]?.step).to.equal('$fence')
  })

  it('keeps the lease until a step releases it', async () => {
    const claimed = await claimOne()

    await writeStep(ErrandModel, claimed, { set: { status: 'working' } })
    expect(await claimWork(ErrandModel, OPTIONS)).to.deep.equal([])
    await writeStep(ErrandModel, claimed, { set: { status: 'queued' }, release: 0 })

    expect(await claimWork(ErrandModel, OPTIONS)).to.have.length(1)
  })

  it('keeps the last fifty attempts', async () => {
    const claimed = await claimOne()

    for (let i = 0; i < 55; i += 1) await writeStep(ErrandModel, claimed, { attempt: { step: `s${i}`, outcome: 'ok' } })

    const document = await ErrandModel.findById(claimed.document._id).lean<Errand>()
    expect(document?.attempts?.map(({ step }) => step))
      .to.have.length(50)
      .and.include('s54')
      .and.not.include('s4')
  })

  it('fails and releases the document if its person was erased and it must not follow an erasure', async () => {
    const claimed = await claimOne()
    const written = await writeStep(ErrandModel, claimed, { set: { result: 1 }, unlessErased: true })
    await ErrandModel.collection.updateOne({ _id: claimed.document._id }, { $set: { erasedAt: new Date() } })

    const error = await rejection(writeStep(ErrandModel, claimed, { set: { result: 2 }, unlessErased: true }))
    const [next] = await claimWork<Errand>(ErrandModel, OPTIONS)

    expect(error).to.be.instanceOf(LeaseLost)
    expect([written.result, next?.document.result]).to.deep.equal([1, 1])
    await writeStep(ErrandModel, next ?? claimed, { set: { result: 3 } })
  })

  it('takes nothing from another worker if it fails for that one', async () => {
    const claimed = await claimOne()
    await ErrandModel.collection.updateOne({ _id: claimed.document._id }, { $set: { erasedAt: new Date() }, $inc: { fence: 1 } })

    const error = await rejection(writeStep(ErrandModel, claimed, { set: { result: 2 }, unlessErased: true }))

    expect(error).to.be.instanceOf(LeaseLost)
    expect(await claimWork(ErrandModel, OPTIONS), 'it is held').to.deep.equal([])
  })
  it('fails if it needs a lost earlier write that did not wait for the majority', async () => {
    const claimed = await claimOne()
    const written = await writeStep(ErrandModel, claimed, { set: { result: [] }, isPassing: true })
    await writeStep(ErrandModel, claimed, { set: { status: 'working' }, unlessLost: 'result' })
    await ErrandModel.collection.updateOne({ _id: claimed.document._id }, { $unset: { result: 1 } })

    const error = await rejection(writeStep(ErrandModel, claimed, { set: { status: 'done' }, unlessLost: 'result' }))

    expect(written.result).to.deep.equal([])
    expect([error instanceof LeaseLost, (await ErrandModel.findById(claimed.document._id).lean())?.status]).to.deep.equal([true, 'working'])
  })
})
