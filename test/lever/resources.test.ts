import { expect } from 'chai'
import { listArchiveReasons } from '../../src/lever/archive-reasons.ts'
import { addNote, listNotes } from '../../src/lever/notes.ts'
import {
  createOpportunity,
  findOpportunitiesByEmail,
  getOpportunity,
  listDeletedOpportunities,
  listOpportunities,
} from '../../src/lever/opportunities.ts'
import { getPosting, listPostings } from '../../src/lever/postings.ts'
import { listRequisitions } from '../../src/lever/requisitions.ts'
import { isSameSource, listSources, spellingsOf } from '../../src/lever/sources.ts'
import { listStages } from '../../src/lever/stages.ts'
import { getUser, listUsers } from '../../src/lever/users.ts'
import { createWebhook, deleteWebhook, listWebhooks } from '../../src/lever/webhooks.ts'
import { classifyWriteError } from '../../src/lever/write-outcome.ts'
import { rejection } from '../support/rejection.ts'
import { clientFor } from './client-under-test.ts'
import { json, startHttpServer, type TestServer } from './http-server.ts'
import { EXPANDED_OPPORTUNITY, NOTE, OPPORTUNITY, POSTING, REQUISITION, USER, WEBHOOK } from './recorded.ts'

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000

/** What a record may turn into without failing the list it stands in: every field but the id of another type. */
function spoiled(record: { id: string }, value: unknown): Record<string, unknown> {
  return { ...Object.fromEntries(Object.keys(record).map((key) => [key, value])), id: record.id }
}

describe('lever: recorded resources', () => {
  let server: TestServer

  afterEach(async () => server.stop())

  async function answering(body: unknown, status = 200) {
    server = await startHttpServer((response) => json(response, status, body))
    return clientFor(server.url).client
  }

  async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
    const found: T[] = []
    for await (const one of list) found.push(one)
    return found
  }

  const target = (): URL => new URL(server.seen.at(-1)?.target ?? '', server.url)

  describe('opportunities', () => {
    it('are normalized', async () => {
      const opportunity = await getOpportunity(await answering({ data: OPPORTUNITY }), OPPORTUNITY.id)

      expect(opportunity).to.deep.equal({
        id: OPPORTUNITY.id,
        name: 'Ada Example',
        contact: OPPORTUNITY.contact,
        headline: 'Staff Engineer, Analytical Co',
        stage: 'lead-reached-out',
        stageText: null,
        confidentiality: 'non-confidential',
        location: null,
        phones: [{ type: 'mobile', value: '5555550100' }],
        emails: ['ada@example.com'],
        links: ['https://example.com/ada'],
        archived: { reason: OPPORTUNITY.archived.reason, archivedAt: new Date(1782973996415) },
        tags: ['Seed', 'Engineering'],
        sources: ['Referral'],
        origin: 'sourced',
        sourcedBy: OPPORTUNITY.sourcedBy,
        owner: OPPORTUNITY.owner,
        ownerName: null,
        applicationIds: OPPORTUNITY.applications,
        postingIds: [],
        createdAt: new Date(1782972986091),
        updatedAt: new Date(1782974048515),
        lastAdvancedAt: new Date(1782974004990),
        url: OPPORTUNITY.urls.show,
        isAnonymized: false,
        stageChanges: [
          { toStageId: 'lead-new', updatedAt: new Date(1782972986091), userId: OPPORTUNITY.owner },
          { toStageId: 'lead-reached-out', updatedAt: new Date(1782974004990), userId: null },
        ],
        dataProtection: null,
      })
    })

    it('are the same when expanded, with texts and posting', async () => {
      const client = await answering({ data: { ...EXPANDED_OPPORTUNITY, updatedAt: null } })
      const opportunity = await getOpportunity(client, 'lead', { expand: ['applications', 'stage', 'owner', 'contact'] })

      expect(opportunity).to.deep.include({
        stage: 'lead-reached-out',
        stageText: 'Reached out',
        contact: OPPORTUNITY.contact,
        owner: OPPORTUNITY.owner,
        ownerName: 'Taylor C',
        applicationIds: OPPORTUNITY.applications,
        postingIds: ['75ff237f-c221-4c26-8b23-faf395f5ea1c'],
        updatedAt: null,
      })
      expect(target().search).to.equal('?expand=applications&expand=stage&expand=owner&expand=contact')
    })

    it('keep the id of an expanded posting inside the application', async () => {
      const applications = [{ id: 'a1', posting: { id: 'p1', text: 'Backend' } }]

      expect(await getOpportunity(await answering({ data: { ...OPPORTUNITY, applications } }), 'o')).to.deep.include({ postingIds: ['p1'] })
    })

    it("include Lever's data protection fields", async () => {
      const dataProtection = { store: { allowed: true, expiresAt: 1522540800000 }, contact: { allowed: false, expiresAt: null } }

      expect((await getOpportunity(await answering({ data: { ...OPPORTUNITY, dataProtection } }), 'o')).dataProtection).to.deep.equal({
        store: { allowed: true, expiresAt: new Date(1522540800000) },
        contact: { allowed: false, expiresAt: null },
      })
    })

    it('are listed by every filter', async () => {
      const client = await answering({ data: [], hasNext: false })
      await all(
        listOpportunities(client, {
          email: 'ada@example.com',
          contactId: 'c1',
          createdAtStart: 1,
          createdAtEnd: 2,
          updatedAtStart: 3,
          archived: false,
          postingId: 'p1',
          source: 'headhuntr.io',
          stageId: 'lead-new',
          confidentiality: 'all',
          expand: ['applications', 'stage'],
        }),
      )

      expect(target().search).to.equal(
        '?email=ada%40example.com&contact_id=c1&created_at_start=1&created_at_end=2&updated_at_start=3&archived=false' +
          '&posting_id=p1&source=headhuntr.io&stage_id=lead-new&confidentiality=all&expand=applications&expand=stage&limit=100',
      )
    })

    it('are listed when they were deleted', async () => {
      const client = await answering({ data: [{ id: 'o1', deletedAt: 1782974048515, deletedBy: 'u1' }, { id: 'o2' }] })
      const deletedAtStart = Date.now() - 5

      expect(await all(listDeletedOpportunities(client, { deletedAtStart }))).to.deep.equal([
        { id: 'o1', deletedAt: new Date(1782974048515), deletedBy: 'u1' },
        { id: 'o2', deletedAt: null, deletedBy: null },
      ])
      expect(target().search).to.equal(`?deleted_at_start=${deletedAtStart}&deleted_at_end=${deletedAtStart + THIRTY_DAYS_MS}&limit=100`)
    })

    it('are requested by ranges of thirty days without a gap if they were deleted long ago', async () => {
      const client = await answering({ data: [] })
      const deletedAtStart = Date.now() - 2.5 * THIRTY_DAYS_MS

      await all(listDeletedOpportunities(client, { deletedAtStart }))

      const ranges = server.seen.map(({ target: asked }) => new URL(asked, server.url).searchParams)
      expect(ranges.map((range) => Number(range.get('deleted_at_start')) - deletedAtStart)).to.deep.equal(
        [0, 1, 2].map((n) => n * THIRTY_DAYS_MS),
      )
      for (const range of ranges)
        expect(Number(range.get('deleted_at_end')) - Number(range.get('deleted_at_start'))).to.equal(THIRTY_DAYS_MS)
    })

    it('are not found by an address that Lever considers invalid, and any other refusal is an error', async () => {
      const client = await answering({ code: 'BadRequestError' }, 400)

      expect(await findOpportunitiesByEmail(client, 'ana@localhost', {})).to.equal(null)
      expect(await all(listUsers(client, { email: 'ana@localhost' }))).to.deep.equal([])
      expect(await rejection(all(listUsers(client)))).to.have.property('httpStatus', 400)
      await server.stop()
      expect(await rejection(findOpportunitiesByEmail(await answering({}, 403), 'ana@localhost', {}))).to.have.property('httpStatus', 403)
    })

    it('accept times as numbers, digits, or ISO strings', async () => {
      const times = { createdAt: '1782972986091', updatedAt: '2026-07-02T06:16:26.091Z', lastAdvancedAt: 1782972986091 }
      const opportunity = await getOpportunity(await answering({ data: { ...OPPORTUNITY, ...times } }), OPPORTUNITY.id)

      for (const name of ['createdAt', 'updatedAt', 'lastAdvancedAt'] as const)
        expect(opportunity[name]?.getTime(), name).to.equal(1782972986091)
      await server.stop()
      for (const odd of ['', 'soon', '2026-07', '99999999999999999999', '2026-99-99T00:00:00Z']) {
        const read = await getOpportunity(await answering({ data: { ...OPPORTUNITY, createdAt: odd } }), OPPORTUNITY.id)
        expect(read.createdAt, odd).to.equal(null)
        await server.stop()
      }
    })

    it('are created by a user, and the result says whether the contact was known', async () => {
      const body = { name: 'Ada Example', emails: ['ada@example.com'], sources: ['headhuntr.io'], postings: ['p1'] }
      const created = await createOpportunity(await answering({ deduped: true, data: OPPORTUNITY }, 201), { performAs: 'u1', body })

      expect(created.deduped).to.equal(true)
      expect(created.opportunity).to.include({ id: OPPORTUNITY.id, url: OPPORTUNITY.urls.show })
      expect(server.seen[0]).to.include({ method: 'POST', target: '/v1/opportunities?perform_as=u1', body: JSON.stringify(body) })
    })

    it('are created even if the response is nested twice or lacks deduped', async () => {
      const created = await createOpportunity(await answering({ data: { data: OPPORTUNITY } }, 201), { performAs: 'u1', body: {} })

      expect(created).to.deep.include({ deduped: null })
      expect(created.opportunity.id).to.equal(OPPORTUNITY.id)
    })

    it('are done with unknown id if the response has no id', async () => {
      const error = await rejection(createOpportunity(await answering({ data: { name: 'Ada' } }, 201), { performAs: 'u1', body: {} }))

      expect(classifyWriteError(error)).to.equal('doneIdUnknown')
    })
  })

  it('treats unexpected types as null or empty, in every field but the id', async () => {
    for (const value of [null, 7, 'odd', true, [null, 3], { odd: 1 }, -1e300]) {
      const lists = [
        async () => all(listOpportunities(await answering({ data: [spoiled(OPPORTUNITY, value), OPPORTUNITY] }), {})),
        async () => all(listPostings(await answering({ data: [spoiled(POSTING, value), POSTING] }))),
        async () => all(listUsers(await answering({ data: [spoiled(USER, value), USER] }))),
        async () => all(listRequisitions(await answering({ data: [spoiled(REQUISITION, value), REQUISITION] }))),
        async () => all(listNotes(await answering({ data: [spoiled(NOTE, value), NOTE] }), 'o1')),
        async () => all(listWebhooks(await answering({ data: [spoiled(WEBHOOK, value), WEBHOOK] }))),
      ]
      for (const list of lists) {
        expect(await list()).to.have.length(2)
        await server.stop()
      }
    }
  })

  it('accepts a record with only an id', async () => {
    const [bare] = await all(listOpportunities(await answering({ data: [{ id: 'o1', 'a new field': 1 }] }), {}))

    expect(bare).to.deep.include({
      id: 'o1',
      name: null,
      stage: null,
      emails: [],
      postingIds: [],
      archived: null,
      updatedAt: null,
      url: null,
    })
    expect(bare).to.not.have.property('a new field')
  })

  it('reads users, including deactivated ones on request', async () => {
    const client = await answering({ data: [{ ...USER, deactivatedAt: 1782972916999 }], hasNext: false })

    const [user] = await all(listUsers(client, { includeDeactivated: true, email: 'nora@acme.example' }))

    expect(user).to.deep.include({ id: USER.id, name: 'Nora Seed', email: 'nora@acme.example', deactivatedAt: new Date(1782972916999) })
    expect(target().search).to.equal('?email=nora%40acme.example&includeDeactivated=true&limit=100')
  })

  it('reads one user by id', async () => {
    expect(await getUser(await answering({ data: USER }), USER.id)).to.include({ id: USER.id })
    expect(server.seen[0]?.target).to.equal(`/v1/users/${USER.id}`)
  })

  it('reads postings flat, drafts without address, and the deprecated single code', async () => {
    const draft = { ...POSTING, id: 'p2', urls: null, distributionChannels: null, reqCode: 'OLD-1', requisitionCodes: null }
    const [posting, second] = await all(listPostings(await answering({ data: [POSTING, draft] }), { confidentiality: 'all' }))

    expect(posting).to.deep.equal({
      id: POSTING.id,
      text: 'Backend Engineer',
      state: 'published',
      owner: POSTING.owner,
      hiringManager: null,
      tags: [],
      requisitionCodes: ['ENG-7'],
      distributionChannels: ['public', 'internal'],
      confidentiality: 'non-confidential',
      createdAt: new Date(1782972961725),
      updatedAt: new Date(1782974220633),
      location: 'San Francisco, CA',
      locations: ['San Francisco, CA'],
      team: 'Engineering',
      department: 'Research & Development',
      commitment: 'Full-time',
      url: POSTING.urls.show,
    })
    expect(second).to.deep.include({ url: null, requisitionCodes: ['OLD-1'], distributionChannels: [] })
    expect(target().search).to.equal('?confidentiality=all&limit=100')
    await server.stop()
    expect((await getPosting(await answering({ data: POSTING }), POSTING.id)).text).to.equal('Backend Engineer')
  })

  it('reads requisitions, including an unlimited headcount', async () => {
    const unlimited = { ...REQUISITION, id: 'r2', headcountTotal: 'unlimited', headcountInfinite: true }
    const [limited, endless] = await all(listRequisitions(await answering({ data: [REQUISITION, unlimited] })))

    expect(limited).to.deep.include({ headcountTotal: 2, postings: REQUISITION.postings, hiringManager: null, closedAt: null })
    expect(endless).to.include({ headcountTotal: 'unlimited', headcountInfinite: true })
  })

  it('reads numbers that arrive as digits', async () => {
    const [requisition] = await all(
      listRequisitions(await answering({ data: [{ ...REQUISITION, headcountTotal: '2', headcountHired: '0' }], hasNext: false })),
    )

    expect(requisition).to.include({ headcountTotal: 2, headcountHired: 0 })
  })

  it('recognizes a source in another spelling, and lists the spellings that Lever has', async () => {
    const data = ['Headhuntr.IO', ' headhuntr.io ', 'LinkedIn', 'headhuntr'].map((text) => ({ text, count: 1 }))

    expect(await spellingsOf(await answering({ data }), 'headhuntr.io')).to.deep.equal(['headhuntr.io', 'Headhuntr.IO', ' headhuntr.io '])
    expect([isSameSource('Head  Huntr', 'head huntr '), isSameSource('a', 'b')]).to.deep.equal([true, false])
    await server.stop()
    expect(await spellingsOf(await answering({}, 403), 'headhuntr.io')).to.deep.equal(['headhuntr.io'])
  })

  it('reads stages by slug, archive reasons, and sources', async () => {
    expect(await all(listStages(await answering({ data: [{ id: 'lead-new', text: 'New lead' }] })))).to.deep.equal([
      { id: 'lead-new', text: 'New lead' },
    ])
    await server.stop()
    const reason = { id: 'r1', text: 'Hired', status: 'active', type: 'hired' }
    expect(await all(listArchiveReasons(await answering({ data: [reason] })))).to.deep.equal([reason])
    await server.stop()
    expect(await all(listSources(await answering({ data: [{ text: 'LinkedIn', count: 46 }, { count: 1 }] })))).to.deep.equal([
      { text: 'LinkedIn', count: 46 },
    ])
  })

  it('adds notes, in whichever form their id is returned', async () => {
    for (const data of [{ noteId: 'n1' }, { ...NOTE, id: 'n1' }, { ...NOTE, noteId: 'n1' }, { data: { noteId: 'n1' } }]) {
      const client = await answering({ data }, 201)

      expect(await addNote(client, { opportunityId: 'o1', performAs: 'u1', value: 'Line one\nline two' })).to.deep.equal({ noteId: 'n1' })
      expect(server.seen[0]).to.include({ target: '/v1/opportunities/o1/notes?perform_as=u1', body: '{"value":"Line one\\nline two"}' })
      await server.stop()
    }
    const error = await rejection(addNote(await answering({ data: {} }, 201), { opportunityId: 'o1', value: 'x' }))
    expect(classifyWriteError(error)).to.equal('doneIdUnknown')
    expect(server.seen[0]?.target).to.equal('/v1/opportunities/o1/notes')
  })

  it('lists, creates, and deletes webhooks', async () => {
    const { signatureToken } = WEBHOOK.configuration
    for (const body of [{ data: WEBHOOK }, { data: { data: WEBHOOK } }]) {
      const client = await answering(body, 201)
      const created = await createWebhook(client, { url: WEBHOOK.url, event: WEBHOOK.event, origins: ['sourced'] })

      expect(created).to.deep.include({ id: WEBHOOK.id, signatureToken, origins: WEBHOOK.configuration.conditions.origins })
      expect(JSON.parse(server.seen[0]?.body ?? '')).to.deep.equal({
        url: WEBHOOK.url,
        event: WEBHOOK.event,
        configuration: { conditions: { origins: ['sourced'] } },
      })
      await server.stop()
    }
    const { configuration: _, ...bare } = WEBHOOK
    expect((await all(listWebhooks(await answering({ data: [bare] }))))[0]).to.deep.include({ origins: [], signatureToken: null })
    await server.stop()
    await deleteWebhook(await answering(undefined, 204), 'w1')
    expect(server.seen[0]).to.include({ method: 'DELETE', target: '/v1/webhooks/w1' })
    await server.stop()
    await deleteWebhook(await answering({ code: 'ResourceNotFound' }, 404), 'w1')
    await server.stop()
    expect(await rejection(deleteWebhook(await answering({}, 403), 'w1'))).to.have.property('httpStatus', 403)
  })
})
