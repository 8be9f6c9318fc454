import { expect } from 'chai'
import { mongo, Types } from 'mongoose'
import { spy, stub } from 'sinon'
import type { LeverOpportunity } from '../../src/lever/opportunities.ts'
import { LeverOpportunitySchema } from '../../src/lever/opportunity-schema.ts'
import { forgetOpportunity } from '../../src/mirror/forget.ts'
import { LeverArchiveReasonModel, LeverStageModel, LeverUserModel } from '../../src/mirror/lever-record-models.ts'
import { noteHistory, noteInterview } from '../../src/mirror/note-history.ts'
import { OpportunityHistoryModel } from '../../src/mirror/opportunity-history-model.ts'
import { readHistory } from '../../src/mirror/read-history.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'
import { connect } from './mirror-under-test.ts'

const MINUTE = 60_000
const BEGIN = 1_782_975_358_767
const at = (minutes: number) => new Date(BEGIN + minutes * MINUTE)
const moved = (toStageId: string, minutes: number, userId?: string) => ({
  toStageId,
  toStageIndex: 0,
  updatedAt: at(minutes).getTime(),
  userId,
})

describe('history of an opportunity', () => {
  let organization: string

  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    organization = new Types.ObjectId().toHexString()
    const seen = { organization, seenAt: new Date() }
    await LeverStageModel.create({ ...seen, leverId: 'lead-new', text: 'New lead' }, { ...seen, leverId: 'offer', text: 'Offer' })
    await LeverArchiveReasonModel.create({ ...seen, leverId: 'r-hired', text: 'Hired', type: 'hired' }, { ...seen, leverId: 'r-no', text: 'Withdrew', type: 'non-hired' }) // prettier-ignore
    await LeverUserModel.create({ ...seen, leverId: 'u-bo', name: 'Bo' })
  })

  /** As Lever shows it `minutes` after the begin. */
  function shown(minutes: number, fields: object = {}): LeverOpportunity {
    const stageChanges = [moved('lead-new', 0, 'u-bo')]
    return LeverOpportunitySchema.parse({ id: 'opp-1', stage: 'lead-new', stageChanges, updatedAt: at(minutes).getTime(), ...fields })
  }
  const note = (opportunity: LeverOpportunity) => noteHistory(organization, opportunity, new Date())
  const told = async () => (await readHistory(organization, ['opp-1'])).map(({ kind, at: when }) => `${kind} ${(when.getTime() - BEGIN) / MINUTE}`) // prettier-ignore
  const inOffer = { stage: 'offer', stageChanges: [moved('lead-new', 0, 'u-bo'), moved('offer', 5)] }

  it('has every stage once, with its time, its name, and the user who moved it, in whatever order readings arrive', async () => {
    const first = await note(shown(6, inOffer))
    const again = await note(shown(6, inOffer))
    const older = await note(shown(1))

    expect(first).to.deep.equal([{ kind: 'stage', what: 'New lead' }, { kind: 'stage', what: 'Offer' }]) // prettier-ignore
    expect([...again, ...older]).to.deep.equal([])
    const [offer, lead] = await readHistory(organization, ['opp-1'])
    expect(offer).to.deep.include({ kind: 'stage', at: at(5), stage: { id: 'offer', text: 'Offer' }, by: null })
    expect(lead).to.deep.include({ at: at(0), stage: { id: 'lead-new', text: 'New lead' }, by: { leverUserId: 'u-bo', name: 'Bo' } })
  })

  it('has each entry once when two readings arrive at once', async () => {
    const noted = await Promise.all(Array.from({ length: 8 }, () => note(shown(6, inOffer))))

    expect(noted.flat()).to.have.length(2)
    expect(await told()).to.deep.equal(['stage 5', 'stage 0'])
  })

  it('has the current stage of an account that reports no stage changes', async () => {
    await note(shown(9, { stage: 'offer', stageChanges: undefined, lastAdvancedAt: at(4).getTime() }))
    await note(shown(12, { stage: 'offer', stageChanges: undefined, lastAdvancedAt: at(4).getTime() }))

    expect(await told()).to.deep.equal(['stage 4'])
  })

  it('has an archiving with its reason and its end, and ignores an older reading for both', async () => {
    const archived = { archived: { reason: 'r-no', archivedAt: at(7).getTime() } }
    await note(shown(7, archived))
    await note(shown(3))
    const before = await told()
    await note(shown(9))
    await note(shown(11))
    await note(shown(7, archived))
    await note(shown(20, { archived: { reason: 'r-hired', archivedAt: at(20).getTime() } }))

    expect(before).to.deep.equal(['archived 7', 'stage 0'])
    expect(await told()).to.deep.equal(['hired 20', 'unarchived 9', 'archived 7', 'stage 0'])
    expect((await readHistory(organization, ['opp-1']))[2]?.archiveReason).to.deep.equal({ id: 'r-no', text: 'Withdrew' })
  })

  it('keeps the name of a stage that Lever no longer has', async () => {
    await note(shown(6, inOffer))
    await LeverStageModel.deleteMany({ leverId: 'offer' })

    expect((await readHistory(organization, ['opp-1']))[0]?.stage).to.deep.equal({ id: 'offer', text: 'Offer' })
  })

  it('has an interview that a webhook reported, once', async () => {
    const interview = { opportunityId: 'opp-1', kind: 'interviewCreated', interviewId: 'i-1', at: at(8), token: 't1' } as const

    expect(await noteInterview(organization, interview)).to.have.length(1)
    expect(await noteInterview(organization, interview)).to.have.length(0)
    expect((await readHistory(organization, ['opp-1']))[0]).to.include({ kind: 'interviewCreated', interviewId: 'i-1' })
  })

  it('keeps an interview even if the primary fails afterwards, because no later reading repeats it', async () => {
    const insertMany = spy(OpportunityHistoryModel.collection, 'insertMany')

    await noteInterview(organization, { opportunityId: 'opp-1', kind: 'interviewCreated', interviewId: 'i-1', at: at(8), token: 't2' })

    const { writeConcern } = insertMany.firstCall.args[1] as { writeConcern: object }
    insertMany.restore()
    expect(writeConcern).to.deep.equal({ w: 'majority' })
  })

  it('does not pass for stored if the majority did not get it, even if the rest was refused as known', async () => {
    const known = Object.assign(Object.create(mongo.MongoBulkWriteError.prototype) as Error, {
      writeErrors: [{ index: 0, code: 11_000 }],
      result: { getWriteConcernError: () => ({ errmsg: 'no majority' }) },
    })
    const insertMany = stub(OpportunityHistoryModel.collection, 'insertMany').rejects(known)

    const interview = { opportunityId: 'opp-1', kind: 'interviewCreated', interviewId: 'i-1', at: at(8), token: 't3' } as const
    const error = await rejection(noteInterview(organization, interview))

    insertMany.restore()
    expect(error).to.equal(known)
  })

  it('is deleted with the opportunity, is visible to one organization, and is not started for a disconnected one', async () => {
    await note(shown(6, inOffer))
    expect(await readHistory(new Types.ObjectId().toHexString(), ['opp-1'])).to.deep.equal([])

    await forgetOpportunity(organization, 'opp-1')
    expect(await told()).to.deep.equal([])

    await connect(organization)
    await ConnectionModel.updateOne({ organization }, { status: 'disconnected' })
    await note(shown(6, inOffer))
    expect(await OpportunityHistoryModel.countDocuments({ organization })).to.equal(0)
  })
})
