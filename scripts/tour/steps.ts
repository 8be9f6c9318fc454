/** The main workflow, step by step. Each step does what a person or the host would do, then checks the result in the local Lever. */
import { readFile } from 'node:fs/promises'
import { SAMPLE_CSV, SAMPLE_ORGANIZATION, SAMPLE_PEOPLE } from '../seed-samples.ts'
import { openBrowser } from './browser.ts'
import { createCalls, until, verify, type Calls } from './calls.ts'

export interface TourWorld {
  url: string
  operatorApiKey: string
  sandboxUrl: string
}

export interface TourStep {
  title: string
  /** Resolves to one line about the result. */
  run: () => Promise<string>
}

interface Connection {
  status: string
  webhookUrl: string
  webhooks: { event: string; recommended: boolean; configured: boolean; lastVerifiedAt: string | null }[]
  sync: { state: string; finishedAt: string | null; resources: Record<string, number> }
}
interface Candidate {
  id: string
  name: string
  emails: string[]
  lever?: { opportunityId: string; stage: { id: string; text: string } }
}
interface ExportAnswer {
  id: string
  status: string
  opportunityId: string | null
  duplicateOf: string | null
  url: string | null
  error: { code: string; detail: string } | null
}
interface Preview {
  allowed: boolean
  duplicates: unknown[]
  request: { query: Record<string, string>; body: unknown } | null
}
interface InLever {
  id: string
  stage: string
  sources: string[]
  origin: string
  owner: string | null
  applications: string[]
  application: { posting: string } | null
}
interface LoggedRequest {
  method: string
  path: string
  query: Record<string, string>
  body: unknown
}

const ADMIN = SAMPLE_PEOPLE[0].email
const SOURCER = SAMPLE_PEOPLE[1].email
const NEW_LEAD = 'lead-new'

/** Returns steps that share what they learn: the organization's key, the candidates, the first export. */
export function tourSteps(world: TourWorld): TourStep[] {
  const operator = createCalls(`${world.url}/api/v1`, world.operatorApiKey)
  const lever = createCalls(`${world.sandboxUrl}/control`)
  let api = operator
  let candidates: Candidate[] = []
  let first: ExportAnswer | undefined
  const candidate = (index: number): Candidate => {
    const found = candidates.filter(({ emails }) => emails.length > 0)[index]
    if (!found) throw new Error('the sample file has too few people')
    return found
  }

  return [
    {
      title: 'Organization and people',
      run: async () => {
        const { apiKey } = await operator.send<{ apiKey: string }>('POST', 'organizations', SAMPLE_ORGANIZATION)
        api = createCalls(`${world.url}/api/v1`, apiKey)
        for (const { email, ...person } of SAMPLE_PEOPLE) await api.send('PUT', `users/${encodeURIComponent(email)}`, person)
        const { data } = await api.get<{ data: unknown[] }>('users')
        verify(data.length === SAMPLE_PEOPLE.length, 'all people are listed')
        return `${data.length} people`
      },
    },
    { title: 'Authorize in Lever', run: () => authorize(api, world) },
    { title: 'Webhooks: token by token, verified by Lever', run: () => pasteWebhooks(api, lever) },
    {
      title: 'Map people by Lever email',
      run: async () => {
        const { matched } = await api.send<{ matched: { userEmail: string }[] }>('POST', 'user-mappings/auto-match')
        verify(
          matched.some(({ userEmail }) => userEmail === SOURCER),
          'the sourcer is mapped',
        )
        return `${matched.length} matched`
      },
    },
    {
      title: 'Activate',
      run: async () => {
        const { status } = await api.send<Connection>('POST', 'connection/activate')
        verify(status === 'active', 'the connection is active')
        return status
      },
    },
    {
      title: "First sync of Lever's data",
      run: async () => {
        const { sync } = await until('the first sync ends', async () => {
          const connection = await api.get<Connection>('connection')
          return connection.sync.state === 'idle' && connection.sync.finishedAt ? connection : null
        })
        return Object.entries(sync.resources).map(([name, count]) => `${count} ${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`).join(', ') // prettier-ignore
      },
    },
    {
      title: 'Import a CSV',
      run: async () => {
        const report = await api.sendCsv<{ created: number; rejected: unknown[] }>('candidates/import', await readFile(SAMPLE_CSV))
        verify(report.created === 24 && report.rejected.length === 1, '24 of 25 lines are imported, one is rejected')
        candidates = (await api.get<{ data: Candidate[] }>('candidates?limit=100')).data
        return `${report.created} created, ${report.rejected.length} rejected`
      },
    },
    {
      title: 'Preview, then export as a general opportunity',
      run: async () => {
        first = await exportAsPreviewed(api, lever, candidate(0))
        return `at New lead: ${first.url}`
      },
    },
    {
      title: 'Export onto a posting',
      run: async () => {
        const { data } = await api.get<{ data: { id: string; text: string; open: boolean }[] }>('lever/postings?state=published&limit=100')
        const posting = data.find(({ open }) => open)
        if (!posting) throw new Error('the local Lever has no open posting')
        const { emails, id } = candidate(1)
        const done = await runExport(api, { candidateId: id, requestedBy: SOURCER, postingId: posting.id, note: 'Met at a conference.' })
        const [opportunity] = await inLever(lever, emails)
        verify(
          opportunity?.id === done.opportunityId && opportunity?.application?.posting === posting.id,
          'the opportunity is on the posting',
        )
        return `on "${posting.text}"`
      },
    },
    { title: 'Export everyone else', run: () => exportRest(api, lever, candidates) },
    {
      title: 'A stage change in Lever comes back',
      run: async () => {
        const opportunityId = first?.opportunityId ?? ''
        await lever.send('POST', `opportunities/${opportunityId}/stage`, { stage: 'lead-reached-out' })
        const moved = await until('the new stage is on the candidate', async () => {
          const seen = await api.get<Candidate>(`candidates/${candidate(0).id}`)
          return seen.lever?.stage.id === 'lead-reached-out' ? seen.lever : null
        })
        return moved.stage.text
      },
    },
  ]
}

async function authorize(api: Calls, world: TourWorld): Promise<string> {
  const { authorizeUrl } = await api.send<{ authorizeUrl: string }>('POST', 'connection/authorize', { userEmail: ADMIN })
  const browser = openBrowser()
  const asked = await browser.open(authorizeUrl)
  const signIn = await browser.submit(asked, asked.url, {})
  verify(signIn.url.startsWith(world.sandboxUrl), "the browser is on Lever's page")
  const consent = await browser.submit(signIn, '/sign-in', { email: ADMIN })
  const landed = await browser.submit(consent, '/authorize/decision', { decision: 'accept' })
  verify(landed.status === 200 && new URL(landed.url).pathname === '/settings/ats/webhooks', 'the browser is back at the webhooks')
  const { status } = await api.get<Connection>('connection')
  verify(status === 'configuring', 'the connection is being configured')
  return status
}

async function pasteWebhooks(api: Calls, lever: Calls): Promise<string> {
  const { webhookUrl, webhooks } = await api.get<Connection>('connection')
  const recommended = webhooks.filter((webhook) => webhook.recommended)
  for (const { event } of recommended) {
    const made = await lever.send<{ id: string; signatureToken: string }>('POST', 'webhooks', { event, url: webhookUrl })
    await api.send('PUT', `connection/webhooks/${event}`, { signatureToken: made.signatureToken })
    await lever.send('POST', `webhooks/${made.id}/verify`)
  }
  const after = await api.get<Connection>('connection')
  verify(after.webhooks.filter(({ lastVerifiedAt }) => lastVerifiedAt).length === recommended.length, 'every webhook is verified')
  return `${recommended.length} verified`
}

async function exportAsPreviewed(api: Calls, lever: Calls, { id, emails }: Candidate): Promise<ExportAnswer> {
  const wish = { candidateId: id, requestedBy: SOURCER }
  const before = await lever.get<{ data: LoggedRequest[] }>('requests?path=/opportunities')
  const preview = await api.send<Preview>('POST', 'exports/preview', wish)
  verify(preview.allowed && preview.duplicates.length === 0, 'the preview allows the export and finds no duplicates')
  const done = await runExport(api, wish)
  const { data } = await lever.get<{ data: LoggedRequest[] }>('requests?path=/opportunities')
  const sent = data.slice(before.data.length).find(({ method }) => method === 'POST')
  verify(JSON.stringify(sorted(sent?.body)) === JSON.stringify(sorted(preview.request?.body)), 'the request sent is the one in the preview')
  const all = await inLever(lever, emails)
  const [opportunity] = all
  verify(all.length === 1 && opportunity?.id === done.opportunityId, 'it is in Lever once')
  verify(opportunity?.stage === NEW_LEAD && opportunity.origin === 'sourced', 'it is at New lead, with origin sourced')
  verify(opportunity?.sources.includes(SAMPLE_ORGANIZATION.sourceName) === true, "its source is the organization's")
  verify(
    opportunity?.owner === preview.request?.query['perform_as'] && opportunity?.applications.length === 0,
    'the sourcer owns it, without a posting',
  )
  return done
}

async function exportRest(api: Calls, lever: Calls, candidates: Candidate[]): Promise<string> {
  const open = candidates.filter(({ lever: there }) => !there)
  const done = new Set((await api.get<{ data: { candidateId: string }[] }>('exports?limit=100')).data.map(({ candidateId }) => candidateId))
  const rest = open.filter(({ id }) => !done.has(id))
  const results = await Promise.all(rest.map(({ id }) => runExport(api, { candidateId: id, requestedBy: SOURCER })))
  const exported = results.filter(({ status }) => status === 'exported')
  const duplicates = results.filter(({ status }) => status === 'duplicate')
  verify(exported.length === rest.length - 1 && duplicates.length === 1, 'all but one are exported, and one is already in Lever')
  for (const { emails } of rest) {
    const all = await inLever(lever, emails)
    verify(emails.length === 0 || all.length >= 1, 'each is in Lever')
  }
  return `${exported.length} exported, ${duplicates.length} already in Lever`
}

async function runExport(api: Calls, wish: Record<string, unknown>): Promise<ExportAnswer> {
  const { id } = await api.send<ExportAnswer>('POST', 'exports', wish)
  const done = await until(
    'the export ends',
    async () => {
      const seen = await api.get<ExportAnswer>(`exports/${id}`)
      return ['exported', 'duplicate', 'failed'].includes(seen.status) ? seen : null
    },
    60_000,
  )
  verify(done.status !== 'failed', `the export works (${done.error?.code}: ${done.error?.detail})`)
  return done
}

async function inLever(lever: Calls, emails: string[]): Promise<InLever[]> {
  const found = await Promise.all(emails.map((email) => lever.get<{ data: InLever[] }>(`opportunities?email=${encodeURIComponent(email)}`)))
  return [...new Map(found.flatMap(({ data }) => data).map((one) => [one.id, one])).values()]
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b)).map(([key, member]) => [key, sorted(member)])) // prettier-ignore
}
