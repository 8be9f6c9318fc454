import { expect } from 'chai'
import { Types } from 'mongoose'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { ErasureModel } from '../../src/erasure/erasure-model.ts'
import type { ErasureDeps, Forgetter } from '../../src/erasure/erasure-deps.ts'
import { createErasures } from '../../src/erasure/erasures.ts'
import { findCandidate, forgetCandidate } from '../../src/candidates/save-candidate.ts'
import { createLog } from '../../src/log.ts'
import { eventually } from '../support/eventually.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'
import { searchEverywhere } from './search-everywhere.ts'

const LEASE_MS = 10_000
/** For a process that is to lose its lease. */
const SHORT_LEASE_MS = 300
const organization = new Types.ObjectId().toHexString()
const once = (removed: number) => ({ removed, underWay: false })

describe('an erasure', () => {
  const audited: string[] = []
  before(connectEmptyDatabase)
  beforeEach(async () => {
    audited.length = 0
    await Promise.all([CandidateModel.deleteMany({}), ErasureModel.deleteMany({})])
  })
  after(leaveDatabase)

  const candidates: Forgetter = {
    collection: 'candidates',
    forget: async (person) => once(await forgetCandidate(person.organization, person.candidateId)),
  }

  /** The erasures of one process; the other parts know nothing. */
  function erasuresWith(forgetOthers?: Forgetter['forget'], leaseMs = LEASE_MS, posting: Partial<ErasureDeps> = {}) {
    const deps: ErasureDeps = {
      accounts: { hashKeyOf: async () => Buffer.alloc(32, 1) },
      audit: { append: async ({ action, actor }) => void audited.push(`${actor} ${action}`) },
      candidates: { find: findCandidate, linkedTo: async () => [] },
      exports: {
        tracesOf: async () => ({
          exportIds: [],
          made: [],
          opportunityIds: [],
          contactIds: [],
          found: { opportunityIds: [], contactIds: [] },
        }),
        candidatesIn: async () => [],
        contactsOf: async () => [],
        hasOpen: async () => false,
        madeDuringErasure: async () => [],
      },
      mirror: { opportunitiesSharing: async () => [], opportunitiesOfContact: async () => [], contactOf: async () => null },
      connections: {
        get: () => Promise.reject(new Error('not asked')),
        leverClient: () => Promise.reject(new Error('not asked')),
        canSeeConfidential: () => false,
      },
      stopPosting: async () => {},
      isPosting: async () => false,
      ...posting,
      forgetters: [candidates, ...(forgetOthers ? [{ collection: 'others', forget: forgetOthers }] : [])],
      leaseMs,
      log: createLog({ level: 'silent' }),
    }
    return createErasures(deps)
  }

  async function candidate(): Promise<string> {
    const fields = { name: 'Zsófia Quixley', emails: ['z@quixley.example'], emailKeys: ['z@quixley.example'], linkKeys: [] }
    return String((await CandidateModel.create({ organization, ...fields }))._id)
  }

  const receipts = async (): Promise<object[]> => (await erasuresWith().list(organization, { limit: 50 })).data
  const erasure = async () => ErasureModel.findOne({}).lean()

  it('continues in another process when it is killed, with knowledge of the person', async () => {
    const id = await candidate()
    const seen: string[] = []
    await new Promise<void>((hangs) => {
      const killed = erasuresWith(() => new Promise(() => hangs()), SHORT_LEASE_MS) // never gets past this
      void killed.eraseCandidate(organization, id, 'apiKey:1')
    })
    expect(await CandidateModel.countDocuments()).to.equal(0)

    const worker = erasuresWith(async ({ name, emails }) => {
      seen.push(name, ...emails)
      return once(2)
    }).startWorker(20)
    await eventually('it is done', async () => (await receipts()).length === 1)
    await worker.stop(1000)

    expect(seen).to.deep.equal(['Zsófia Quixley', 'z@quixley.example'])
    expect(await receipts())
      .to.have.nested.property('[0].removed')
      .that.deep.equals({ candidates: 1, others: 2 })
    expect(audited).to.deep.equal(['apiKey:1 candidate.erased'])
    expect(await searchEverywhere('quixley')).to.deep.equal([])
  })

  it('continues after a part has failed, and counts what was removed before', async () => {
    const id = await candidate()
    let tries = 0
    const erasures = erasuresWith(async () => {
      tries += 1
      if (tries < 3) throw new Error('the database has a hiccup')
      return once(1)
    }, SHORT_LEASE_MS)

    const failed = await rejection(erasures.eraseCandidate(organization, id, 'apiKey:1'))
    const worker = erasures.startWorker(20)
    await eventually('it is done', async () => (await receipts()).length === 1)
    await worker.stop(1000)

    expect(failed).to.include({ message: 'the database has a hiccup' })
    expect(await receipts())
      .to.have.nested.property('[0].removed')
      .that.deep.equals({ candidates: 1, others: 1 })
  })

  it('has no receipt while something is in progress, and asks finished parts again', async () => {
    const id = await candidate()
    let underWay = true
    const erasures = erasuresWith(async () => ({ removed: underWay ? 0 : 1, underWay }))

    await erasures.eraseCandidate(organization, id, 'apiKey:1')
    const early = await receipts()
    const waiting = await erasure()
    underWay = false
    const worker = erasures.startWorker(20)
    await eventually('it is done', async () => (await receipts()).length === 1)
    await worker.stop(1000)

    expect(early).to.deep.equal([])
    expect(waiting).to.include({ status: 'running', passes: 1 })
    expect(await erasure())
      .to.deep.include({ status: 'done', passes: 2 })
      .and.not.to.have.property('person')
  })

  it('stops posting as soon as it is accepted, and is answered by the process that takes over from a killed worker', async () => {
    const id = await candidate()
    const stopped: string[] = []
    const stopPosting: ErasureDeps['stopPosting'] = async ({ candidateId }) => void stopped.push(candidateId)
    await new Promise<void>((hangs) => {
      const killed = erasuresWith(() => new Promise(() => hangs()), SHORT_LEASE_MS) // never gets past this
      void killed.eraseCandidate(organization, id, 'apiKey:1')
    })
    let passed = false
    const pass = async () => {
      passed = true
      return once(0)
    }
    const asked = erasuresWith(pass, LEASE_MS, { stopPosting })

    const answer = asked.eraseCandidate(organization, id, 'apiKey:1').then(() => passed)
    await eventually('it is stopped', () => stopped.length === 1)
    const early = passed

    expect([stopped, early, await answer]).to.deep.equal([[id], false, true])
  })

  it('is answered when nothing is on its way to Lever any more', async () => {
    const id = await candidate()
    let onItsWay = true
    let answered = false
    let asked = 0
    const isPosting = async (): Promise<boolean> => {
      asked += 1
      return onItsWay
    }
    const erasures = erasuresWith(async () => ({ removed: 0, underWay: onItsWay }), LEASE_MS, { isPosting })

    const answer = erasures.eraseCandidate(organization, id, 'apiKey:1').then(() => (answered = true))
    await eventually('all was gone through', async () => (await erasure())?.passes === 1)
    await eventually('it was asked again', () => asked >= 3)
    const early = answered
    onItsWay = false

    expect([early, await answer]).to.deep.equal([false, true])
  })

  it('is a single one if several processes begin it at once', async () => {
    const id = await candidate()
    let calls = 0
    const forget = async () => {
      calls += 1
      return once(0)
    }

    await Promise.all([1, 2, 3].map(async () => erasuresWith(forget).eraseCandidate(organization, id, 'apiKey:1')))

    expect([(await receipts()).length, calls, audited.length]).to.deep.equal([1, 1, 1])
  })

  it('remembers keyed hashes in its own organization, until it is lifted', async () => {
    const erasures = erasuresWith()
    await erasures.eraseCandidate(organization, await candidate(), 'apiKey:1')
    const key = 'z@quixley.example'

    const known = await erasures.among(organization, ['a@a.example', key])
    const elsewhere = await erasures.among(new Types.ObjectId().toHexString(), [key])
    const entered = { keys: [key], telling: [key], profiles: new Map() }
    await ErasureModel.db.transaction((session) => erasures.lift(organization, [entered], session))

    expect([known.has(key), known.has('a@a.example'), elsewhere.size]).to.deep.equal([true, false, 0])
    expect((await erasures.among(organization, [key])).size).to.equal(0)
    expect(await receipts(), 'the receipt stays').to.have.length(1)
  })

  it('of an unknown candidate does nothing', async () => {
    await erasuresWith().eraseCandidate(organization, new Types.ObjectId().toHexString(), 'apiKey:1')

    expect(await erasure()).to.equal(null)
  })
})
