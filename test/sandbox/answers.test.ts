import { expect } from 'chai'
import { ANSWER_SETS, answersOf, type Answers } from '../../src/sandbox/answers.ts'
import { eventually } from '../support/eventually.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { addOpportunity, callLever, userId, type CallLever, type Json } from './call-lever.ts'
import { startReceiver, type WebhookReceiver } from './webhook-receiver.ts'

const CALLBACK = 'http://127.0.0.1:9/callback'
const NOBODY = '00000000-0000-4000-8000-000000000000'
const DAY_MS = 24 * 3_600_000

type Seen = string | number | boolean | null | undefined

describe("responses of the local Lever where Lever's behavior is unknown", () => {
  let lever: LeverForTests
  let api: CallLever
  let receiver: WebhookReceiver

  before(async () => {
    lever = await startLever({ answers: 'likeliest', redirectUris: [CALLBACK] })
    await lever.settings({ rateLimit: { enabled: false } })
    api = callLever(lever)
    receiver = await startReceiver()
  })
  after(async () => Promise.all([lever.stop(), receiver.stop()]))

  let people = 0
  const person = (fields: Record<string, unknown> = {}): Promise<Json> => {
    people += 1
    return addOpportunity(api, { name: 'Answer Sample', emails: [`answer-${people}@example.test`], ...fields })
  }
  const statusOf = async (path: string): Promise<number> => (await api.get(path)).status
  const found = async (path: string): Promise<number> => (await api.get(path)).body.data.length
  const asUser = async (username: string): Promise<string> => `perform_as=${await userId(api, username)}`
  const confidentialPosting = async (): Promise<Json> => {
    const { body } = await api.get('/postings?confidentiality=confidential')
    return body.data[0]
  }

  async function eventsOf(event: string, cause: () => Promise<unknown>, confidential = false): Promise<Json[]> {
    const webhook = await lever.addWebhook(event, receiver.url, { confidential })
    const before = receiver.bodies.length
    await cause()
    await lever.deliver('sentinel', {}, webhook.id)
    await eventually('the sentinel comes', () => receiver.bodies.slice(before).some((body) => body.event === 'sentinel'))
    await lever.removeWebhook(webhook.id)
    return receiver.bodies.slice(before).filter((body) => body.event === event)
  }

  async function token(fields: Record<string, string>): Promise<{ status: number; body: Json }> {
    const body = new URLSearchParams({ client_id: lever.clientId, client_secret: lever.clientSecret, ...fields })
    const response = await fetch(`${lever.authUrl}/oauth/token`, { method: 'POST', body })
    return { status: response.status, body: await response.json() }
  }

  async function authorized(
    extra: Record<string, string> = {},
    fields: Record<string, string> = {},
  ): Promise<{ status: number; body: Json }> {
    const scope = 'offline_access users:read:admin'
    const query = { client_id: lever.clientId, redirect_uri: CALLBACK, response_type: 'code', scope, audience: lever.audience, ...extra }
    const back = new URL(await lever.consent(`${lever.authUrl}/authorize?${new URLSearchParams(query)}`))
    return token({ grant_type: 'authorization_code', code: back.searchParams.get('code') ?? '', redirect_uri: CALLBACK, ...fields })
  }
  const usersAs = async (accessToken: string): Promise<number> =>
    (await fetch(`${lever.apiUrl}/users?limit=1`, { headers: { authorization: `Bearer ${accessToken}` } })).status

  async function form(fields: [string, string][]): Promise<Json> {
    const body = new FormData()
    for (const [name, value] of fields) body.append(name, value)
    return (await api.send('POST', `/opportunities?${await asUser('ana')}`, body)).body.data
  }
  const createStatus = async (fields: unknown, query?: string): Promise<number> =>
    (await api.send('POST', `/opportunities?${query ?? (await asUser('ana'))}`, fields)).status

  /** The caller's view of each switch, one entry per way, in the order of the table. */
  const VISIBLE: { [Name in keyof Answers]: [look: () => Promise<Seen>, ...ways: Seen[]] } = {
    spentRefreshToken: [
      async () => {
        const { body } = await authorized()
        const { body: next } = await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token })
        await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token })
        return (await token({ grant_type: 'refresh_token', refresh_token: next.refresh_token })).status
      },
      403,
      200,
    ],
    tokenErrors: [async () => (await token({ grant_type: 'refresh_token', refresh_token: 'none' })).status, 403, 400],
    revokedAccessToken: [
      async () => {
        const { body } = await authorized()
        await fetch(`${lever.url}/control/grants/revoke`, { method: 'POST' })
        return usersAs(body.access_token)
      },
      401,
      200,
    ],
    pkce: [
      async () => (await authorized({ code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }, { code_verifier: 'y' })).status,
      403,
      200,
    ],
    errorCodes: [async () => (await api.get('/stages/none')).body.code, 'ResourceNotFound', 'NotFound'],
    confidentialItem: [
      async () => (await callLever(lever, await lever.newApiKey()).get(`/postings/${(await confidentialPosting()).id}`)).status,
      404,
      403,
    ],
    performAsRefusal: [() => createStatus({ name: 'x' }, `perform_as=${NOBODY}`), 400, 403, 404],
    severalPostings: [() => createStatus({ postings: [NOBODY, NOBODY] }), 400, 422],
    closedPosting: [
      async () => {
        const { body } = await api.get('/postings?state=closed')
        return createStatus({ postings: [body.data[0].id] })
      },
      201,
      400,
    ],
    originOmitted: [async () => (await person()).data.origin, 'sourced', 'applied'],
    noteWithoutUser: [
      async () => {
        const { data } = await person()
        return (await api.send('POST', `/opportunities/${data.id}/notes`, { value: 'x' })).body.data.user
      },
      null,
      undefined,
    ],
    secretNotes: [
      async () => {
        const { data } = await person()
        await api.send('POST', `/opportunities/${data.id}/notes`, { value: 'x', secret: true })
        return found(`/opportunities/${data.id}/notes`)
      },
      1,
      0,
    ],
    deactivatedUser: [async () => statusOf(`/users/${await userId(api, 'gus')}`), 200, 404],
    userEmail: [() => found('/users?email=ANA@acme.example'), 1, 0],
    opportunityEmail: [
      async () => {
        await person({ emails: ['first-of@example.test', 'second-of@example.test'] })
        return found('/opportunities?email=second-of@example.test&limit=1')
      },
      1,
      0,
    ],
    canonicalEmail: [
      async () => {
        await person({ emails: ['dot.ted@example.test'] })
        return found('/opportunities?email=dotted%2Bx@example.test&limit=1')
      },
      0,
      1,
    ],
    invalidEmail: [() => statusOf('/opportunities?email=no%20address'), 200, 400],
    filteredOrder: [
      async () => {
        const tag = `order-${people}`
        await person({ tags: [tag], stage: 'lead-new' })
        const later = await person({ tags: [tag], stage: 'offer' })
        return (await api.get(`/opportunities?tag=${tag}`)).body.data[0].id === later.data.id
      },
      false,
      true,
    ],
    limitOutOfRange: [() => statusOf('/users?limit=101'), 400, 200],
    badOffset: [() => statusOf('/users?offset=none'), 400, 404],
    deletedList: [() => statusOf('/opportunities/deleted'), 200, 400, 403],
    formNames: [
      async () => {
        const made = await form([
          ['emails', 'plain@example.test'],
          ['tags[]', 'bracketed'],
        ])
        return [...made.emails, ...made.tags].join()
      },
      'plain@example.test,bracketed',
      'plain@example.test',
      'bracketed',
    ],
    sourceSpelling: [async () => (await person({ sources: ['LINKEDIN'] })).data.sources[0], 'LINKEDIN', 'LinkedIn'],
    writeAnswers: [
      async () => {
        const { data } = await person()
        return (await api.send('POST', `/opportunities/${data.id}/addTags`, { tags: ['x'] })).body.data.name
      },
      '',
      'Answer Sample',
    ],
    interviewTouches: [
      async () => {
        const { data } = await person()
        await lever.settings({ clockOffsetMs: 60_000 })
        const interviews = [{ date: Date.now() + DAY_MS, duration: 30, interviewers: [{ id: await userId(api, 'bo') }] }]
        await api.send('POST', `/opportunities/${data.id}/panels?${await asUser('ana')}`, { timezone: 'UTC', interviews })
        const { body } = await api.get(`/opportunities/${data.id}`)
        await lever.settings({ clockOffsetMs: 0 })
        return body.data.updatedAt > data.updatedAt + 30_000
      },
      true,
      false,
    ],
    noResumes: [async () => statusOf(`/opportunities/${(await person()).data.id}/resumes`), 200, 404],
    generalApplication: [async () => (await eventsOf('applicationCreated', () => person())).length, 0, 1],
    sameStage: [
      async () => {
        const { data } = await person()
        return (await eventsOf('candidateStageChange', () => api.send('PUT', `/opportunities/${data.id}/stage`, { stage: data.stage })))
          .length
      },
      0,
      1,
    ],
    ownWrites: [async () => (await eventsOf('contactCreated', () => person())).length, 1, 0],
    confidentialEvents: [
      async () => {
        const { id } = await confidentialPosting()
        return (await eventsOf('applicationCreated', () => lever.addOpportunity({ postingId: id }))).length
      },
      0,
      1,
    ],
    eventData: [
      async () => {
        const { data } = await person()
        const [told] = await eventsOf('candidateHired', () => lever.hire(data.id))
        return Object.keys(told.data).join()
      },
      'opportunityId,candidateId,contactId',
      'opportunityId',
    ],
    repeatedToken: [
      async () => {
        receiver.answers.push(500)
        const { data } = await person()
        const told = await eventsOf('candidateHired', async () => {
          await lever.hire(data.id)
          await eventually('it is repeated', async () => (await lever.deliveries()).at(-1)?.attempts.length === 2)
        })
        return new Set(told.map((body: Json) => body.token)).size
      },
      1,
      2,
    ],
    expand: [() => statusOf('/opportunities?limit=1&expand=stage'), 200, 403],
    values: [async () => typeof (await person()).data.createdAt, 'number', 'string'],
    hasNext: [async () => 'hasNext' in (await api.get('/users?limit=1')).body, true, false],
    webhooksApi: [() => statusOf('/webhooks'), 200, 403],
    webhookUrl: [
      async () => {
        const { body } = await api.send('POST', '/webhooks', { url: receiver.url, event: 'candidateHired' })
        const { body: listed } = await api.get('/webhooks')
        await api.send('DELETE', `/webhooks/${body.data.id}`)
        return listed.data.at(-1).url === receiver.url
      },
      true,
      false,
    ],
  }

  for (const [name, [look, ...ways]] of Object.entries(VISIBLE))
    it(`answers ${name} ${ways.length === 2 ? 'both' : 'all'} ways`, async () => {
      const table = ANSWER_SETS.map((set) => answersOf(set)[name as keyof Answers])
      const likeliest = answersOf('likeliest')[name as keyof Answers]
      const others = await otherWays(name, likeliest)
      for (const [at, way] of [likeliest, ...others].entries()) {
        await lever.settings({ answers: { [name]: way } })
        expect(await look(), `${name}: ${way}`).to.equal(ways[at])
      }
      await lever.settings({ answers: { [name]: likeliest } })
      expect([likeliest, ...others]).to.include.members(table)
      expect(others).to.have.length(ways.length - 1)
    })

  /** The ways that the control interface accepts, read from the list in its refusal. */
  async function otherWays(name: string, likeliest: unknown): Promise<(string | number)[]> {
    const response = await fetch(`${lever.url}/control/settings`, {
      method: 'PATCH',
      body: JSON.stringify({ answers: { [name]: 'otherwise' } }),
    })
    const { errors } = (await response.json()) as { errors: { message: string }[] }
    const listed = errors[0]?.message.split(': expected one of ')[1]?.split('|') ?? []
    return listed.map((way) => JSON.parse(way) as string | number).filter((way) => way !== likeliest)
  }

  it('reverses assumptions, and leaves behavior that only some accounts have', () => {
    const [likeliest, reversed, third] = ANSWER_SETS.map(answersOf)

    expect(reversed).to.include({ performAsRefusal: 403, deletedList: 'thirtyDays', formNames: 'documented', expand: 'taken' })
    expect(third).to.include({ performAsRefusal: 404, deletedList: 403, formNames: 'bracketed', values: 'numbers' })
    const same = Object.keys(VISIBLE).filter((name) => likeliest?.[name as keyof Answers] === reversed?.[name as keyof Answers])
    expect(same).to.deep.equal(['expand', 'values', 'hasNext', 'webhooksApi', 'webhookUrl'])
  })

  for (const status of [301, 302, 307, 308] as const)
    it(`redirects every call of a moved API with ${status}`, async () => {
      await lever.settings({ movedTo: { url: 'https://api.eu.lever.co/v1', status } })

      const response = await fetch(`${lever.apiUrl}/users?limit=1`, { redirect: 'manual' })

      await lever.settings({ movedTo: null })
      expect([response.status, response.headers.get('location')]).to.deep.equal([status, 'https://api.eu.lever.co/v1/users?limit=1'])
      expect(await statusOf('/users?limit=1')).to.equal(200)
    })
})
