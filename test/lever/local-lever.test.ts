import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { createLeverClient, type LeverClient } from '../../src/lever/client.ts'
import { addNote, listNotes } from '../../src/lever/notes.ts'
import { createOpportunity, getOpportunity, listOpportunities, type CreateOpportunityBody } from '../../src/lever/opportunities.ts'
import { listPostings } from '../../src/lever/postings.ts'
import { createRequestBudget, type RequestBudget } from '../../src/lever/request-budget.ts'
import { listStages } from '../../src/lever/stages.ts'
import { listUsers } from '../../src/lever/users.ts'
import { createWebhook, deleteWebhook, listWebhooks } from '../../src/lever/webhooks.ts'
import { classifyWriteError } from '../../src/lever/write-outcome.ts'
import { createLog } from '../../src/log.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

describe('lever: with the local Lever', () => {
  let lever: LeverForTests
  let performAs: string

  before(async () => {
    await connectEmptyDatabase()
    lever = await startLever()
    const [ana] = await all(listUsers(await newClient(), { email: 'ana@acme.example' }))
    performAs = ana?.id ?? ''
  })
  after(async () => {
    await lever.stop()
    await leaveDatabase()
  })
  afterEach(async () => {
    await lever.clearFaults()
    await lever.settings({ rateLimit: { enabled: true, perSecond: 10, burst: 20 } })
  })

  /** With an API key, and so a budget, of its own. */
  async function newClient(budget: RequestBudget = createRequestBudget({ requestsPerSecond: 10, burst: 15 })): Promise<LeverClient> {
    const key = await lever.newApiKey({ confidential: true })
    const header = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
    const fingerprint = randomUUID()
    const credentials = {
      header: async () => header,
      renew: async () => header,
      fingerprint: async () => fingerprint,
      scopes: async () => null,
    }
    return createLeverClient({
      apiUrl: lever.apiUrl,
      credentials,
      budget,
      timeoutMs: 10_000,
      log: createLog({ level: 'silent' }),
      backoffMs: 20,
    })
  }

  async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
    const found: T[] = []
    for await (const one of list) found.push(one)
    return found
  }

  it('lists every opportunity once, over several pages', async () => {
    const opportunities = await all(
      listOpportunities(await newClient(), { confidentiality: 'all', expand: ['applications', 'stage', 'owner'] }),
    )

    expect(opportunities.length)
      .to.equal((await lever.allOpportunities()).length)
      .and.to.be.above(200)
    expect(new Set(opportunities.map(({ id }) => id)).size).to.equal(opportunities.length)
    expect(opportunities.filter(({ stageText }) => stageText === null)).to.deep.equal([])
    expect(opportunities.some(({ postingIds }) => postingIds.length === 1)).to.equal(true)
  })

  it('creates an opportunity on a posting, at New lead, with source and owner, and adds a note', async () => {
    const client = await newClient()
    const posting = (await all(listPostings(client))).find(({ state }) => state === 'published')
    const email = `${randomUUID()}@example.com`
    const body: CreateOpportunityBody = {
      name: 'Ada Éxample',
      emails: [email],
      sources: ['headhuntr.io'],
      origin: 'sourced',
      postings: [posting?.id ?? ''],
    }

    const { opportunity, deduped } = await createOpportunity(client, { performAs, body })
    const { noteId } = await addNote(client, { opportunityId: opportunity.id, performAs, value: 'Met at a meetup' })
    const read = await getOpportunity(client, opportunity.id, { expand: ['applications', 'stage'] })

    expect(deduped).to.equal(false)
    expect(read).to.deep.include({ name: 'Ada Éxample', stage: 'lead-new', stageText: 'New lead', owner: performAs, emails: [email] })
    expect(read.postingIds).to.deep.equal([posting?.id])
    expect(read.sources).to.deep.equal(['headhuntr.io'])
    expect((await all(listNotes(client, opportunity.id))).map(({ id }) => id)).to.deep.equal([noteId])
    expect((await all(listStages(client)))[0]).to.deep.equal({ id: 'lead-new', text: 'New lead' })
  })

  it('creates, lists, and deletes its webhooks', async () => {
    const client = await newClient()
    const made = await createWebhook(client, { url: 'https://app.example.com/hooks/1', event: 'candidateHired' })

    expect(made.signatureToken).to.match(/^[0-9a-f]{48}$/)
    expect((await all(listWebhooks(client))).map(({ id }) => id)).to.deep.equal([made.id])
    await deleteWebhook(client, made.id)
    expect(await all(listWebhooks(client))).to.deep.equal([])
  })

  it('never meets 429 within its budget, and recovers from one when the budget is wrong', async () => {
    const client = await newClient()
    await lever.clearRequests()
    await Promise.all(Array.from({ length: 20 }, async () => all(listStages(client))))
    expect((await lever.requests('/stages')).filter(({ status }) => status === 429)).to.have.length(0)

    await lever.settings({ rateLimit: { enabled: true, perSecond: 20, burst: 2 } })
    const greedy = await newClient(createRequestBudget({ requestsPerSecond: 25, burst: 4 }))
    await lever.clearRequests()
    const read = await Promise.all(Array.from({ length: 4 }, async () => all(listStages(greedy))))

    expect(read.every((stages) => stages.length > 0)).to.equal(true)
    expect((await lever.requests('/stages')).some(({ status }) => status === 429)).to.equal(true)
  })

  it('classifies sandbox faults by their real outcome', async () => {
    const client = await newClient()
    const cases = [
      { fault: { kind: 'status', status: 500 }, outcome: 'unclear', made: 0 },
      { fault: { kind: 'statusAfterEffect', status: 503 }, outcome: 'unclear', made: 1 },
      { fault: { kind: 'status', status: 422 }, outcome: 'nothing', made: 0 },
      { fault: { kind: 'resetBefore' }, outcome: 'unclear', made: 0 },
      { fault: { kind: 'resetAfter' }, outcome: 'unclear', made: 1 },
      { fault: { kind: 'hangAfter', delayMs: 300 }, outcome: 'unclear', made: 1 },
      { fault: { kind: 'truncate' }, outcome: 'doneIdUnknown', made: 1 },
      { fault: { kind: 'empty' }, outcome: 'doneIdUnknown', made: 1 },
      { fault: { kind: 'html' }, outcome: 'doneIdUnknown', made: 1 },
      { fault: { kind: 'noId' }, outcome: 'doneIdUnknown', made: 1 },
    ] as const
    for (const { fault, outcome, made } of cases) {
      const email = `${randomUUID()}@example.com`
      await lever.fault({ ...fault, match: { method: 'POST', path: '^/opportunities' } })

      const error = await rejection(createOpportunity(client, { performAs, body: { emails: [email] } }))

      expect(classifyWriteError(error), fault.kind).to.equal(outcome)
      expect(await lever.opportunitiesByEmail(email), fault.kind).to.have.length(made)
    }
  })
})
