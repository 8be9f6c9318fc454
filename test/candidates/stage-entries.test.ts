import { expect } from 'chai'
import { Types } from 'mongoose'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { createCandidates } from '../../src/candidates/candidates.ts'
import { entryOf, type StageEntry } from '../../src/candidates/stage-entries.ts'
import { createLog } from '../../src/log.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { nobodyErased } from '../support/nobody-erased.ts'
import { rejection } from '../support/rejection.ts'
import { toNobody } from '../support/domain-events.ts'

describe('entering a stage', () => {
  const organization = new Types.ObjectId().toHexString()
  let recorded: StageEntry[]
  let fault: Error | null
  let woken: number
  const candidates = createCandidates({
    readPublicPostings: async (_organization: string, ids: readonly string[]) => new Set(ids),
    readExports: async () => new Map(),
    publish: toNobody,
    erased: nobodyErased,
    leaseMs: 5000,
    log: createLog({ level: 'silent' }),
    watchStages: async () => ({
      concerns: ({ stage }) => stage === 'qualified',
      record: async (entries) => {
        recorded.push(...entries)
        if (fault) throw fault
      },
      wake: async () => void (woken += 1),
    }),
  })
  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(() => {
    recorded = []
    fault = null
    woken = 0
  })

  const person = (externalId: string, stage?: string) => ({ externalId, name: 'Ada Byron', emails: [`${externalId}@mail.example`], stage })
  async function* file(text: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text)
  }

  it('is recorded with the write that causes it, and with no other write', async () => {
    const { candidate } = await candidates.create(organization, person('a', 'potential'), 'all')
    await candidates.patch(organization, candidate.id, { stage: 'qualified' }, 'all')
    await candidates.patch(organization, candidate.id, { stage: 'QUALIFIED', headline: 'Engineer' }, 'all')
    await candidates.importFile(
      organization,
      file('externalId,name,email,stage\na,Ada Byron,a@mail.example,qualified\nb,Bo,b@mail.example,qualified'),
      { actor: 'user:1' },
    )

    expect(recorded.map(({ stage }) => stage)).to.deep.equal(['qualified', 'qualified'])
    expect(String(recorded[0]?.candidate)).to.equal(candidate.id)
    expect(woken).to.equal(2)
  })

  it('is stored together with the candidate or not at all', async () => {
    fault = new Error('the entry was not kept')
    const { candidate } = await candidates.create(organization, person('c', 'potential'), 'all')

    await rejection(candidates.create(organization, person('d', 'qualified'), 'all'))
    await rejection(candidates.patch(organization, candidate.id, { stage: 'qualified' }, 'all'))
    await rejection(
      candidates.importFile(organization, file('externalId,name,email,stage\ne,Eve,e@mail.example,qualified'), { actor: 'user:1' }),
    )

    expect(await CandidateModel.countDocuments({ organization, externalId: { $in: ['d', 'e'] } })).to.equal(0)
    expect((await candidates.get(organization, candidate.id, 'all')).stage).to.equal('potential')
    expect([recorded.length, woken]).to.deep.equal([3, 0])
  })

  it('is a write that names a stage and changes it or the project, ignoring case', () => {
    const id = new Types.ObjectId()
    const before = { stage: 'qualified', project: 'Alpha' }

    expect(entryOf(id, before, { stage: 'Qualified', project: 'alpha' })).to.equal(null)
    expect(entryOf(id, before, { project: 'Beta' })).to.equal(null)
    expect(entryOf(id, before, { stage: 'qualified', project: 'Beta' })).to.deep.equal({
      candidate: id,
      stage: 'qualified',
      project: 'Beta',
    })
    expect(entryOf(id, null, { stage: 'qualified' })).to.deep.equal({ candidate: id, stage: 'qualified', project: null })
  })
})
