import { expect } from 'chai'
import { mongo, Types } from 'mongoose'
import { restore, stub } from 'sinon'
import { CandidateModel, type CandidateLeverState } from '../../../src/candidates/candidate-model.ts'
import { applyLeverState, noteExport } from '../../../src/candidates/lever-state.ts'
import { ConnectionModel } from '../../../src/connection/connection-model.ts'
import { askParts, type ExportParts } from '../../../src/export/ask-parts.ts'
import { LeverOpportunitySchema, type LeverOpportunity } from '../../../src/lever/opportunity-schema.ts'
import { keepOurs } from '../../../src/mirror/keep-opportunity.ts'
import { LeverOpportunityModel } from '../../../src/mirror/lever-opportunity-model.ts'
import { opportunityState } from '../../../src/mirror/opportunity-state.ts'
import { recordDurably, recordOpportunity } from '../../../src/mirror/record-opportunity.ts'
import { publishTo } from '../../support/domain-events.ts'
import { eventually } from '../../support/eventually.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'
import { rejection } from '../../support/rejection.ts'

const hashKeyOf = async () => Buffer.alloc(32, 1)
const newId = (): string => new Types.ObjectId().toHexString()
const opportunityOf = (id: string, fields: Record<string, unknown> = {}): LeverOpportunity =>
  LeverOpportunitySchema.parse({ id, name: 'Ana', contact: `c-${id}`, stage: 'lead-new', createdAt: 1_700_000_000_000, ...fields })

describe('exports that land together', () => {
  const organization = newId()
  let endErasure: () => void
  /** Resolves once the erasure of an anonymized person runs. */
  let erasing: Promise<void>
  let landed: ReturnType<typeof askParts>['onLanded']

  before(async () => {
    await connectEmptyDatabase()
    await ConnectionModel.create({ organization, endpointKey: 'k', status: 'active' })
  })
  beforeEach(() => {
    const erasure = new Promise<void>((resolve) => (endErasure = resolve))
    let begins: () => void
    erasing = new Promise<void>((resolve) => (begins = resolve))
    const erase = async (): Promise<void> => {
      begins()
      await erasure
    }
    const deps = { hashKeyOf, publish: publishTo({ opportunityAnonymized: erase }) }
    const mirror = {
      opportunityState,
      keepOurs: (...[of, opportunity, read]: Parameters<ExportParts['mirror']['keepOurs']>) => keepOurs(deps, of, opportunity, read),
    }
    const parts = { accounts: {}, connections: {}, mappings: {}, resumes: {}, mirror, candidates: { noteExport }, publish: publishTo({}) }
    landed = askParts(parts as unknown as ExportParts).onLanded
  })
  afterEach(() => {
    endErasure()
    restore()
  })
  after(leaveDatabase)

  const land = async (opportunity: LeverOpportunity, candidateId = newId()) =>
    landed({ organization, candidateId, exportId: newId(), opportunity, isNew: false })
  const stageInMirror = async (leverId: string) => (await LeverOpportunityModel.findOne({ organization, leverId }).lean())?.stageId
  const stateWith = async (fields: Record<string, unknown>): Promise<CandidateLeverState> =>
    opportunityState(organization, opportunityOf('x', fields))
  const candidate = async () => String((await CandidateModel.create({ organization, name: 'B', emails: ['b@a.example'] }))._id)

  it('do not wait for another export whose person is being erased', async () => {
    const first = land(opportunityOf('anonymized', { isAnonymized: true }))
    await erasing

    await land(opportunityOf('other'))

    expect(await stageInMirror('other')).to.equal('lead-new')
    endErasure()
    await first
  })

  it('do not overwrite newer data that was read while they waited', async () => {
    const first = land(opportunityOf('anonymized', { isAnonymized: true }))
    await erasing
    const second = land(opportunityOf('moved'))
    const asked = Date.now()
    await eventually('the clock has moved on', () => Date.now() > asked)
    await recordOpportunity({ hashKeyOf }, organization, opportunityOf('moved', { stage: 'phone-screen' }), new Date())

    await second

    expect(await stageInMirror('moved')).to.equal('phone-screen')
    endErasure()
    await first
  })

  it('each store their own opportunity, and keep only the newest of several readings', async () => {
    const read = (stage: string, nth: number) =>
      recordDurably({ hashKeyOf }, organization, opportunityOf('read', { stage }), new Date(nth * 1000))

    await Promise.all([read('second', 2), read('third', 3), read('first', 1), land(opportunityOf('own', { stage: 'own-stage' }))])
    await Promise.all([read('older', 2), read('newest', 4)])

    expect([await stageInMirror('read'), await stageInMirror('own')]).to.deep.equal(['newest', 'own-stage'])
  })

  it('keep a newer state of the same opportunity, and replace the state of a different one', async () => {
    const [same, other] = [await candidate(), await candidate()]
    await noteExport(organization, same, newId(), await stateWith({ updatedAt: 1_700_000_001_000 }))
    await noteExport(organization, other, newId(), { ...(await stateWith({ updatedAt: 1_700_000_009_000 })), opportunityId: 'before' })
    await applyLeverState(organization, 'x', await stateWith({ stage: 'phone-screen', updatedAt: 1_700_000_002_000 }))

    const state = await stateWith({ updatedAt: 1_700_000_001_000 })
    await Promise.all([same, other].map((id) => noteExport(organization, id, newId(), state)))

    const stages = await Promise.all([same, other].map(async (id) => (await CandidateModel.findById(id).lean())?.lever?.stage?.id))
    expect(stages).to.deep.equal(['phone-screen', 'lead-new'])
  })

  it('fail if a value cannot be stored, instead of skipping it', async () => {
    const invalid = new Date(Number.NaN)

    const inMirror = await rejection(
      recordDurably({ hashKeyOf }, organization, { ...opportunityOf('invalid'), createdAt: invalid }, new Date()),
    )
    const inCandidate = await rejection(
      noteExport(organization, await candidate(), newId(), { ...(await stateWith({})), updatedAt: invalid }),
    )

    expect([inMirror.name, inCandidate.name]).to.deep.equal(['MongooseBulkWriteError', 'MongooseBulkWriteError'])
  })

  it('fail if the majority did not confirm a write, even if the other errors are duplicate keys', async () => {
    const known = Object.assign(
      new mongo.MongoBulkWriteError({ message: 'known', code: 11_000, writeErrors: [] }, {} as mongo.BulkWriteResult),
      {
        writeErrors: [{ index: 0, code: 11_000 }],
        result: { getWriteConcernError: () => ({ errmsg: 'no majority' }) },
      },
    )
    const written = stub(LeverOpportunityModel, 'bulkWrite').rejects(known)

    const error = await rejection(recordDurably({ hashKeyOf }, organization, opportunityOf('lost'), new Date()))

    expect([error, written.callCount]).to.deep.equal([known, 1])
  })

  it('replace an older reading that another process inserts concurrently', async () => {
    const inserts = async (): Promise<never> => {
      await recordOpportunity({ hashKeyOf }, organization, opportunityOf('raced', { stage: 'before' }), new Date(1000))
      throw Object.assign(new Error('known'), { code: 11_000, writeErrors: [{ index: 0, code: 11_000 }] })
    }
    stub(LeverOpportunityModel, 'bulkWrite').onFirstCall().callsFake(inserts).callThrough()

    await recordDurably({ hashKeyOf }, organization, opportunityOf('raced', { stage: 'after' }), new Date(2000))

    expect(await stageInMirror('raced')).to.equal('after')
  })
})
