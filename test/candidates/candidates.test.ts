import { expect } from 'chai'
import { Types } from 'mongoose'
import type { Clearance } from '../../src/accounts/clearance.ts'
import { CandidateInput } from '../../src/candidates/candidate-input.ts'
import { CandidateModel, type CandidateLeverState } from '../../src/candidates/candidate-model.ts'
import { createCandidates, type Candidates } from '../../src/candidates/candidates.ts'
import { KeyRenewalModel } from '../../src/candidates/key-renewal-model.ts'
import { renewCandidateKeys } from '../../src/candidates/renew-candidate-keys.ts'
import { createLog } from '../../src/log.ts'
import type { OrderedPageRequest } from '../../src/paging.ts'
import { linkToLever } from '../support/candidates.ts'
import { eventually } from '../support/eventually.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { nobodyErased } from '../support/nobody-erased.ts'
import { rejection } from '../support/rejection.ts'
import { publishTo } from '../support/domain-events.ts'

const organization = new Types.ObjectId().toHexString()
const stranger = new Types.ObjectId().toHexString()
const exportStatuses = new Map<string, string>()
const removed: string[] = []
const PAGE = { limit: 50 }

const input = (fields: object): CandidateInput => CandidateInput.parse(fields)
const leverState = (fields: Partial<CandidateLeverState> = {}): CandidateLeverState => ({
  opportunityId: 'opp-1', contactId: 'c-1', url: 'https://lever.example/opp-1', stage: { id: 'lead-new', text: 'New lead' }, postings: [], archived: null,
  owner: null, updatedAt: new Date(1000), ...fields,
}) // prettier-ignore

describe('candidates', () => {
  let candidates: Candidates

  before(async () => {
    await connectEmptyDatabase()
    candidates = createCandidates({
      readPublicPostings: async (_organization: string, ids: readonly string[]) => new Set(ids),
      readExports: async (_organization, ids) => new Map(ids.map((id) => [id, { id, status: exportStatuses.get(id) ?? 'queued' }])),
      publish: publishTo({ candidateRemoved: async ({ candidateId }) => void removed.push(candidateId) }),
      erased: nobodyErased,
      watchStages: async () => null,
      leaseMs: 15_000,
      log: createLog({ level: 'silent' }),
    })
  })
  beforeEach(async () => {
    await CandidateModel.deleteMany({})
  })
  after(leaveDatabase)

  describe('fields', () => {
    for (const [what, fields, path] of [
      ['an address without a domain', { emails: ['ana'] }, 'emails.0'],
      ['an address with a space', { emails: ['an a@a.example'] }, 'emails.0'],
      ['a link that is not http', { links: ['javascript:alert(1)'] }, 'links.0'],
      ['a link without a scheme', { links: ['a.example/ana'] }, 'links.0'],
      ['a link that carries a password', { links: ['https://ana:x@a.example'] }, 'links.0'],
      ['a name over 200 characters', { name: 'x'.repeat(201) }, 'name'],
      ['a headline over 10,000 characters', { headline: 'x'.repeat(10_001) }, 'headline'],
      ['a list of 51', { tags: Array.from({ length: 51 }, (_, at) => `t${at}`) }, 'tags'],
      ['a tag over 100 characters', { tags: ['x'.repeat(101)] }, 'tags.0'],
      ['control characters', { name: 'A\u0000na' }, 'name'],
      ['half a surrogate pair', { name: 'A\uD800' }, 'name'],
      ['a field that is not known', { shoeSize: 38 }, ''],
      ['an empty externalId', { externalId: ' ' }, 'externalId'],
    ] as const) {
      it(`refuse ${what}`, () => {
        const parsed = CandidateInput.safeParse(fields)

        expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).to.deep.equal([path])
      })
    }

    it('accept addresses and names in any script, and trim them', () => {
      const parsed = input({ name: '  王  小明 ', emails: [' jörg@bücher.example ', '用户@例子.example'], links: ['HTTPS://A.example/x'] })

      expect(parsed).to.deep.include({ name: '王 小明', emails: ['jörg@bücher.example', '用户@例子.example'] })
    })
  })

  describe('create', () => {
    it('creates a candidate with the given fields only', async () => {
      const given = {
        externalId: 'x1',
        name: 'Ana López',
        headline: 'Engineer',
        emails: ['ana@a.example'],
        phones: [{ type: 'mobile', value: '+34 1' }, { value: '+34 2' }],
        links: ['https://a.example/ana'],
        tags: ['go'],
        project: 'Backend',
        stage: 'potential',
      }

      const { candidate, created } = await candidates.create(organization, input(given), 'all')

      const { id, createdAt, updatedAt, ...rest } = candidate
      expect(created).to.equal(true)
      expect(rest).to.deep.equal(given)
      expect(await candidates.get(organization, id, 'all')).to.deep.equal(candidate)
      expect(new Date(createdAt).getTime()).to.be.at.most(new Date(updatedAt).getTime())
    })

    it('updates the candidate with a known externalId: given values replace, null clears, absent fields remain', async () => {
      const first = await candidates.create(
        organization,
        input({ externalId: 'x1', name: 'Ana', emails: ['a@a.example', 'b@a.example'], headline: 'Old', tags: ['go'] }),
        'all',
      )

      const second = await candidates.create(
        organization,
        input({ externalId: 'x1', emails: ['c@a.example'], headline: null, stage: 'qualified' }),
        'all',
      )

      expect(second.created).to.equal(false)
      expect(second.candidate).to.deep.include({
        id: first.candidate.id,
        name: 'Ana',
        emails: ['c@a.example'],
        stage: 'qualified',
        tags: ['go'],
      })
      expect(second.candidate).not.to.have.property('headline')
    })

    for (const [what, fields, path] of [
      ['a name', { emails: ['a@a.example'] }, 'name'],
      ['an email or link', { name: 'Ana', phones: [{ value: '1' }] }, 'emails'],
    ] as const) {
      // prettier-ignore
      it(`requires ${what} in the result`, async () => {
        const refusal = await rejection(candidates.create(organization, input(fields), 'all'))

        expect(refusal).to.include({ code: 'invalid_request' })
        expect((refusal as { errors?: { path: string }[] }).errors?.map((error) => error.path)).to.deep.equal([path])
      })
    }

    it('allows two candidates to share an email address, and drops equal entries', async () => {
      await candidates.create(organization, input({ name: 'Ana', emails: ['a@a.example', 'A@A.example '] }), 'all')
      const { created, candidate } = await candidates.create(organization, input({ name: 'Bob', emails: ['a@a.example'] }), 'all')

      expect(created).to.equal(true)
      expect(candidate.emails).to.deep.equal(['a@a.example'])
      expect(await CandidateModel.countDocuments({ emails: ['a@a.example'] })).to.equal(2)
    })

    it('creates one candidate for many concurrent calls with the same externalId, and loses no field', async () => {
      const fields = [{ headline: 'h' }, { location: 'l' }, { project: 'p' }, { stage: 's' }, { summary: 't' }]

      const results = await Promise.all(
        fields.map(async (field) =>
          candidates.create(organization, input({ externalId: 'race', name: 'Ana', emails: ['a@a.example'], ...field }), 'all'),
        ),
      )

      expect(results.filter(({ created }) => created)).to.have.length(1)
      const [only] = (await candidates.list(organization, {}, 'all', PAGE)).data
      expect(only).to.deep.include(Object.assign({}, ...fields))
    })

    it('matches an externalId in its own organization only', async () => {
      await candidates.create(stranger, input({ externalId: 'x1', name: 'Ana', emails: ['a@a.example'] }), 'all')

      const { created } = await candidates.create(organization, input({ externalId: 'x1', name: 'Bob', emails: ['b@a.example'] }), 'all')

      expect(created).to.equal(true)
    })

    it('can be simulated without a write', async () => {
      const { candidate } = await candidates.create(organization, input({ externalId: 'x1', name: 'Ana', emails: ['a@a.example'] }), 'all')

      const known = await candidates.imagine(organization, input({ externalId: 'x1', headline: 'New' }))
      const unknown = await candidates.imagine(organization, input({ name: 'Bob', emails: ['b@a.example'] }))

      expect(known).to.deep.include({ id: candidate.id })
      expect(known.candidate).to.include({ name: 'Ana', headline: 'New' })
      expect(unknown.id).to.equal(null)
      expect(await CandidateModel.countDocuments({})).to.equal(1)
      expect(await candidates.get(organization, candidate.id, 'all')).not.to.have.property('headline')
    })
  })

  describe('change and removal', () => {
    it('replaces given fields and clears fields that are null', async () => {
      const { candidate } = await candidates.create(
        organization,
        input({ name: 'Ana', emails: ['a@a.example'], links: ['https://a.example'], headline: 'x' }),
        'all',
      )

      const changed = await candidates.patch(organization, candidate.id, input({ emails: null, headline: null, name: 'Ana L.' }), 'all')

      expect(changed).to.deep.include({ name: 'Ana L.', emails: [], links: ['https://a.example'] })
      expect(changed).not.to.have.property('headline')
    })

    it('keeps the last way to contact the person', async () => {
      const { candidate } = await candidates.create(organization, input({ name: 'Ana', emails: ['a@a.example'] }), 'all')

      const refusal = await rejection(candidates.patch(organization, candidate.id, input({ emails: [] }), 'all'))

      expect(refusal).to.include({ code: 'invalid_request' })
    })

    it("refuses another candidate's externalId", async () => {
      await candidates.create(organization, input({ externalId: 'x1', name: 'Ana', emails: ['a@a.example'] }), 'all')
      const { candidate } = await candidates.create(organization, input({ externalId: 'x2', name: 'Bob', emails: ['b@a.example'] }), 'all')

      const refusal = await rejection(candidates.patch(organization, candidate.id, input({ externalId: 'x1' }), 'all'))

      expect(refusal).to.include({ code: 'external_id_taken' })
    })

    it('notifies the parts that store data about the candidate, then removes it', async () => {
      const { candidate } = await candidates.create(organization, input({ name: 'Ana', emails: ['a@a.example'] }), 'all')

      await candidates.remove(organization, candidate.id, 'apiKey:test')

      expect(removed).to.include(candidate.id)
      expect(await rejection(candidates.get(organization, candidate.id, 'all'))).to.include({ code: 'not_found' })
    })

    it('finds, changes, and removes in its own organization only', async () => {
      const { candidate } = await candidates.create(organization, input({ name: 'Ana', emails: ['a@a.example'] }), 'all')

      expect(await rejection(candidates.get(stranger, candidate.id, 'all'))).to.include({ code: 'not_found' })
      expect(await rejection(candidates.patch(stranger, candidate.id, input({ name: 'Eve' }), 'all'))).to.include({ code: 'not_found' })
      expect(await rejection(candidates.remove(stranger, candidate.id, 'apiKey:test'))).to.include({ code: 'not_found' })
      expect(await rejection(candidates.get(organization, 'not-an-id', 'all'))).to.include({ code: 'not_found' })
    })
  })

  describe('list', () => {
    const names = async (filters: Parameters<Candidates['list']>[1], page: OrderedPageRequest = PAGE): Promise<string[]> =>
      (await candidates.list(organization, filters, 'all', page)).data.map(({ name }) => name)

    beforeEach(async () => {
      await candidates.create(organization, input({ name: 'José Núñez', emails: ['jose@norte.example'], project: 'Backend' }), 'all')
      await candidates.create(
        organization,
        input({
          name: 'Grace (Amazing) Hopper',
          emails: ['grace.hopper@navy.example'],
          project: 'backend',
          headline: 'Compilers',
          tags: ['Rear admiral'],
          phones: [{ value: '+1 617-555-0100' }],
          links: ['https://github.com/grace'],
          externalId: 'x-1',
          stage: 'Qualified',
        }),
        'all',
      )
      await candidates.create(organization, input({ name: 'محمد علي', links: ['https://a.example/m'] }), 'all')
      await candidates.create(stranger, input({ name: 'José Else', emails: ['else@a.example'] }), 'all')
    })

    for (const isRenewed of [false, true])
      describe(isRenewed ? 'by search keys' : 'by texts, as long as not all candidates have search keys', () => {
        before(async () => {
          await CandidateModel.deleteMany({})
          await KeyRenewalModel.deleteMany({})
          if (isRenewed) await renewCandidateKeys(() => false)
        })
        after(() => KeyRenewalModel.deleteMany({}))

        for (const [q, found] of [
          ['jose', ['José Núñez']],
          ['NUÑ', ['José Núñez']],
          ['hopper grace', ['Grace (Amazing) Hopper']],
          ['(ama', ['Grace (Amazing) Hopper']],
          ['navy.ex', ['Grace (Amazing) Hopper']],
          ['navyxex', []],
          ['.*', []],
          ['علي', ['محمد علي']],
          ['compilers', ['Grace (Amazing) Hopper']],
          ['rear adm', ['Grace (Amazing) Hopper']],
          ['(617) 555 0100', ['Grace (Amazing) Hopper']],
          ['github.com/grace', ['Grace (Amazing) Hopper']],
          ['jose zz', []],
          [' ', ['محمد علي', 'Grace (Amazing) Hopper', 'José Núñez']],
        ] as const)
          for (const order of ['-added', 'added', 'name', '-name'] as const)
            it(`finds by name, headline, tag, email, phone and link: "${q}", in the order ${order}`, async () => {
              const byName = ['Grace (Amazing) Hopper', 'José Núñez', 'محمد علي'].filter((name) => found.some((one) => one === name))
              const sorted = { '-added': found, added: found.toReversed(), name: byName, '-name': byName.toReversed() }

              expect(await names({ q }, { ...PAGE, order })).to.deep.equal(sorted[order])
            })
      })

    it('finds by words from before and since an update, until all candidates have search keys', async () => {
      await KeyRenewalModel.deleteMany({})
      await CandidateModel.updateOne(
        { name: /^Grace/ },
        { $set: { searchText: 'grace (amazing) hopper\ngrace.hopper@navy.example' }, $unset: { searchKeys: 1 } },
      )
      const hoursPass = () => KeyRenewalModel.updateOne({}, { doneAt: new Date(Date.now() - 7 * 3_600_000) })
      const found = async () => Promise.all(['race', 'compilers', 'hopper', 'nunez'].map(async (q) => (await names({ q })).length))

      const before = await found()
      await renewCandidateKeys(() => false)
      const afterFirst = await found()
      await hoursPass()
      await renewCandidateKeys(() => false)

      expect(before).to.deep.equal([1, 0, 1, 1])
      expect(afterFirst).to.deep.equal([1, 1, 1, 1])
      expect(await found()).to.deep.equal([0, 1, 1, 1])
      await KeyRenewalModel.deleteMany({})
    })

    it('does not rely on search keys as long as a process of an earlier version may write candidates without them', async () => {
      await KeyRenewalModel.deleteMany({})
      await CandidateModel.updateMany({}, { $unset: { searchKeys: 1 } })
      await renewCandidateKeys(() => false)
      await CandidateModel.updateOne({ name: /^Grace/ }, { $set: { searchText: 'grace (amazing) hopper' }, $unset: { searchKeys: 1 } })

      expect(await names({ q: 'hopper' })).to.deep.equal(['Grace (Amazing) Hopper'])
      await KeyRenewalModel.deleteMany({})
    })

    it('filters by stage, stage in Lever, external id and time of the last change, and combines filters with a search', async () => {
      const [, grace] = (await candidates.list(organization, {}, 'all', PAGE)).data
      await candidates.noteExport(organization, grace?.id ?? '', new Types.ObjectId().toHexString(), leverState())
      await CandidateModel.updateMany({}, { updatedAt: new Date(1000), leverChangedAt: null }, { timestamps: false })
      await CandidateModel.updateOne({ _id: grace?.id }, { leverChangedAt: new Date(5000) }, { timestamps: false })
      const only = ['Grace (Amazing) Hopper']

      for (const order of ['-added', 'added', 'name', '-name'] as const) {
        const page = { ...PAGE, order }
        expect(await names({ stage: 'Qualified' }, page)).to.deep.equal(only)
        expect(await names({ stage: 'qualified' }, page)).to.deep.equal([])
        expect(await names({ leverStageId: 'lead-new' }, page)).to.deep.equal(only)
        expect(await names({ externalId: 'x-1' }, page)).to.deep.equal(only)
        expect(await names({ externalId: 'X-1' }, page)).to.deep.equal([])
        expect(await names({ updatedSince: new Date(5000) }, page)).to.deep.equal(only)
        expect(await names({ updatedSince: new Date(5001) }, page)).to.deep.equal([])
        expect(
          await names({ project: 'backend', exported: true, q: 'hop', stage: 'Qualified', updatedSince: new Date(0) }, page),
        ).to.deep.equal(only)
        expect(await names({ project: 'Backend', exported: true }, page)).to.deep.equal([])
      }
    })

    it('does not tell a sourcer in which stage a confidential opportunity is, or when it changed', async () => {
      const [, grace] = (await candidates.list(organization, {}, 'all', PAGE)).data
      await candidates.noteExport(organization, grace?.id ?? '', new Types.ObjectId().toHexString(), leverState({ confidential: true }))
      await CandidateModel.updateMany({}, { updatedAt: new Date(1000), leverChangedAt: new Date(5000) }, { timestamps: false })
      const seenBy = async (clearance: Clearance, filters: Parameters<Candidates['list']>[1]) =>
        (await candidates.list(organization, filters, clearance, PAGE)).data.length

      expect(await seenBy('all', { leverStageId: 'lead-new' })).to.equal(1)
      expect(await seenBy('nonConfidential', { leverStageId: 'lead-new' })).to.equal(0)
      expect(await seenBy('all', { updatedSince: new Date(5000) })).to.equal(3)
      expect(await seenBy('nonConfidential', { updatedSince: new Date(5000) })).to.equal(2)
    })

    it('filters by project and by export status', async () => {
      const [grace] = (await candidates.list(organization, { q: 'grace' }, 'all', PAGE)).data
      await candidates.noteExport(organization, grace?.id ?? '', new Types.ObjectId().toHexString(), leverState())

      expect(await names({ project: 'Backend' })).to.deep.equal(['José Núñez'])
      expect(await names({ exported: true })).to.deep.equal(['Grace (Amazing) Hopper'])
      expect(await names({ exported: false })).to.deep.equal(['محمد علي', 'José Núñez'])
    })

    it('goes page by page, newest first', async () => {
      const first = await candidates.list(organization, {}, 'all', { limit: 2 })
      const second = await candidates.list(organization, {}, 'all', { limit: 2, cursor: first.nextCursor ?? '' })

      expect([...first.data, ...second.data].map(({ name }) => name)).to.deep.equal(['محمد علي', 'Grace (Amazing) Hopper', 'José Núñez'])
      expect(second.nextCursor).to.equal(null)
    })
  })

  describe('exports and Lever', () => {
    it('shows the newest export, whatever the order of updates, and whether one succeeded', async () => {
      const { candidate } = await candidates.create(organization, input({ name: 'Ana', emails: ['a@a.example'] }), 'all')
      const [older, newer] = [new Types.ObjectId().toHexString(), new Types.ObjectId().toHexString()]
      exportStatuses.set(newer, 'running')

      await candidates.noteExport(organization, candidate.id, newer)
      await candidates.noteExport(organization, candidate.id, older, leverState())

      expect((await candidates.get(organization, candidate.id, 'all')).export).to.deep.equal({ id: newer, status: 'running' })
      expect((await candidates.list(organization, { exported: true }, 'all', PAGE)).data).to.have.length(1)
    })

    it('accepts newer readings of the opportunity, not older ones', async () => {
      const { candidate } = await candidates.create(organization, input({ name: 'Ana', emails: ['a@a.example'] }), 'all')
      await linkToLever(organization, candidate.id, leverState({ updatedAt: new Date(2000) }))

      const stale = await candidates.applyLeverState(
        organization,
        'opp-1',
        leverState({ updatedAt: new Date(1000), stage: { id: 'old', text: 'Old' } }),
      )
      const newer = await candidates.applyLeverState(
        organization,
        'opp-1',
        leverState({
          updatedAt: new Date(3000),
          stage: { id: 'offer', text: 'Offer' },
          archived: { reason: 'r', reasonText: 'Hired', archivedAt: new Date(2500) },
        }),
      )

      expect([stale, newer]).to.deep.equal([0, 1])
      expect((await candidates.get(organization, candidate.id, 'all')).lever).to.deep.equal({
        confidential: false,
        opportunityId: 'opp-1',
        url: 'https://lever.example/opp-1',
        stage: { id: 'offer', text: 'Offer' },
        postings: [],
        archived: { reason: 'r', reasonText: 'Hired', archivedAt: '1970-01-01T00:00:02.500Z' },
        owner: null,
        updatedAt: '1970-01-01T00:00:03.000Z',
      })
    })

    it('shows when the opportunity changed, but only to people who may see it', async () => {
      const { candidate } = await candidates.create(organization, input({ name: 'Ana', emails: ['a@a.example'] }), 'all')
      const confidential = { confidential: true, updatedAt: new Date(2000) }
      const timesFor = async (clearance: Clearance) => (await candidates.get(organization, candidate.id, clearance)).updatedAt
      await later(candidate.updatedAt)
      await linkToLever(organization, candidate.id, leverState(confidential))
      const set = await timesFor('all')
      await later(set)
      await candidates.applyLeverState(organization, 'opp-1', leverState({ ...confidential, updatedAt: new Date(3000) }))
      const applied = await timesFor('all')

      expect(new Set([candidate.updatedAt, set, applied])).to.have.property('size', 3)
      expect(await timesFor('nonConfidential')).to.equal(candidate.updatedAt)

      await candidates.applyLeverState(organization, 'opp-1', leverState({ updatedAt: new Date(4000) }))
      expect(await timesFor('nonConfidential')).to.equal(await timesFor('all'))
      expect(await timesFor('nonConfidential')).not.to.equal(candidate.updatedAt)
    })

    it('accepts a reading if Lever gives no time', async () => {
      const { candidate } = await candidates.create(organization, input({ name: 'Ana', emails: ['a@a.example'] }), 'all')
      await linkToLever(organization, candidate.id, leverState({ updatedAt: null }))

      expect(await candidates.applyLeverState(organization, 'opp-1', leverState({ updatedAt: new Date(1000) }))).to.equal(1)
      expect(await candidates.applyLeverState(organization, 'opp-1', leverState({ updatedAt: null }))).to.equal(1)
    })

    it("forgets Lever's data when the opportunity was deleted there, in its own organization only", async () => {
      const { candidate } = await candidates.create(organization, input({ name: 'Ana', emails: ['a@a.example'] }), 'all')
      await linkToLever(organization, candidate.id, leverState())

      expect(await candidates.applyLeverState(stranger, 'opp-1', leverState({ updatedAt: new Date(9000) }))).to.equal(0)
      expect(await candidates.unlinkOpportunity(stranger, 'opp-1')).to.equal(0)
      expect(await candidates.unlinkOpportunity(organization, 'opp-1')).to.equal(1)
      expect(await candidates.get(organization, candidate.id, 'all')).not.to.have.property('lever')
    })
  })
})

/** Resolves once the clock has gone past that time. */
function later(time: string): Promise<unknown> {
  return eventually('the clock goes on', async () => Date.now() > Date.parse(time))
}
