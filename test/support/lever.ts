/**
 * The local Lever for tests: started on a free port with its state in memory, turned by typed calls of its control
 * interface, and walked through as an admin's browser would.
 */
import { got, type Got } from 'got'
import { CookieJar } from 'tough-cookie'
import { ANSWER_SETS, answersOf, type Answers } from '../../src/sandbox/answers.ts'
import { startSandbox, type RunningSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { callHttp } from './http-call.ts'

/** A person of the sample account; also `bo`, `chidi`, `dilnoza` (super admin), `emile`, `farida`, `gus` (deactivated), `helene`. */
export const LEVER_ADMIN = 'ana@acme.example'

export interface FaultOrder {
  /** Regular expressions on the path after `/v1`, and on the query string. */
  match?: { method?: string; path?: string; query?: string }
  kind:
    | 'status'
    | 'statusAfterEffect'
    | 'resetBefore'
    | 'resetAfter'
    | 'hangBefore'
    | 'hangAfter'
    | 'lateEffect'
    | 'truncate'
    | 'empty'
    | 'html'
    | 'noId'
    | 'redirect'
    | 'slow'
  times?: number
  after?: number
  status?: number
  body?: unknown
  headers?: Record<string, string>
  delayMs?: number
  hang?: boolean
}

export interface LeverSettings {
  accessTokenLifeMs?: number
  searchLagMs?: number
  latencyMs?: number
  rateLimit?: { enabled?: boolean; perSecond?: number; burst?: number }
  retryDelaysMs?: number[]
  deliveryTimeoutMs?: number
  eventGroups?: Record<string, boolean>
  clockOffsetMs?: number
  answers?: Partial<Answers>
  movedTo?: { url: string; status: 301 | 302 | 307 | 308 } | null
}

export interface LeverRequest {
  seq: number
  at: number
  method: string
  path: string
  query: Record<string, string | string[]>
  body: unknown
  status: number | null
  credential: string | null
  effectId: string | null
  fault: string | null
}

/** An opportunity as `GET /opportunities/:id` shows it, and its application in full. */
export interface LeverOpportunity {
  id: string
  name: string
  contact: string
  headline: string
  stage: string
  location: string
  phones: { type: string | null; value: string }[]
  emails: string[]
  links: string[]
  tags: string[]
  sources: string[]
  origin: string
  owner: string | null
  sourcedBy: string | null
  archived: { reason: string; archivedAt: number } | null
  applications: string[]
  application: { id: string; posting: string } | null
  createdAt: number
  updatedAt: number | null
  urls: { list: string; show: string }
  isAnonymized: boolean
}

export interface LeverWebhook {
  id: string
  event: string
  url: string
  signatureToken: string
  /** `ui`, or the credential that made it */
  madeBy: string
}

export interface LeverDelivery {
  id: string
  webhookId: string
  url: string
  status: 'pending' | 'succeeded' | 'failed'
  body: { id?: string; event: string; triggeredAt: number; token: string; signature?: string; data: unknown }
  attempts: { at: number; status: number | null; error: string | null; responseBody: string }[]
}

export interface LeverNote {
  id: string
  entries: { value: string; user: string | null }[]
  user: string | null
  secret: boolean
}

export interface ConsentChoice {
  /** email of a Lever user; the Super Admin Ana if not given */
  as?: string
  /** `false` presses **Deny** */
  accept?: boolean
  /** the browser's cookies, for a start page of the product that sets one */
  jar?: CookieJar
}

export interface LeverForTests extends RunningSandbox {
  /** How it answers where nobody knows, as it was started. */
  answers: Answers
  fault(order: FaultOrder): Promise<void>
  /** And answers at once what is `slow`: a test holds a request until it has done what is to come before the answer. */
  clearFaults(): Promise<void>
  /** Requests to the API and the token endpoint so far; `path` matches from its beginning, e.g. `/opportunities`. */
  requests(path?: string): Promise<LeverRequest[]>
  clearRequests(): Promise<void>
  settings(change: LeverSettings): Promise<void>
  /** What there really is, whatever lists show yet. */
  opportunitiesByEmail(email: string): Promise<LeverOpportunity[]>
  allOpportunities(): Promise<LeverOpportunity[]>
  notesOf(opportunityId: string): Promise<LeverNote[]>
  /** By a person in the UI, with events. */
  addOpportunity(fields: {
    name?: string
    emails?: string[]
    links?: string[]
    postingId?: string
    stage?: string
    sources?: string[]
    by?: string
  }): Promise<LeverOpportunity>
  /** `stage`: id or text */
  moveStage(id: string, stage: string): Promise<void>
  /** `reason`: id or text, e.g. `Withdrew` */
  archive(id: string, reason?: string): Promise<void>
  unarchive(id: string): Promise<void>
  hire(id: string, requisitionId?: string): Promise<void>
  deleteOpportunity(id: string): Promise<void>
  anonymize(id: string): Promise<void>
  /** Merges the contact of one opportunity into that of another. */
  mergeContacts(id: string, into: string): Promise<void>
  deactivateUser(email: string): Promise<void>
  reactivateUser(email: string): Promise<void>
  changeUser(email: string, fields: { name?: string; email?: string; accessRole?: string }): Promise<void>
  /** A new API key; without `permissions` it may do everything. */
  newApiKey(options?: { permissions?: string[]; confidential?: boolean }): Promise<string>
  revokeApiKey(key: string): Promise<void>
  /** As **Revoke access** under Authorized Apps; access tokens that live on have come to the end of their hour. */
  revokeGrants(): Promise<void>
  /** Access tokens are 401 at once; refresh tokens go on. */
  expireTokens(): Promise<void>
  allowRedirect(...redirectUris: string[]): Promise<void>
  /** As **+ Add webhook** on the settings page. */
  addWebhook(event: string, url: string, options?: { signatureToken?: string; confidential?: boolean }): Promise<LeverWebhook>
  removeWebhook(id: string): Promise<void>
  webhooks(): Promise<LeverWebhook[]>
  /** As **Verify connection**; resolves with the attempt made. */
  verifyWebhook(id: string): Promise<LeverDelivery>
  deliveries(): Promise<LeverDelivery[]>
  rerunDelivery(id: string): Promise<LeverDelivery>
  /** Any event and data, signed with the token of that webhook, or of all webhooks of that event. */
  deliver(event: string, data: unknown, webhookId?: string): Promise<LeverDelivery[]>
  reset(): Promise<void>
  /**
   * Opens `startUrl` (of the sandbox, or of the product and redirecting to it), signs in, decides, and resolves with the
   * address that Lever sends the browser back to, which is not opened.
   */
  consent(startUrl: string, choice?: ConsentChoice): Promise<string>
}

/** `SANDBOX_ANSWERS=reversed` runs the tests against a Lever in which all that is assumed is otherwise. */
const ANSWER_SET = ANSWER_SETS.find((set) => set === process.env['SANDBOX_ANSWERS']) ?? 'likeliest'

/** Latency 0, retries of deliveries within tens of ms; the rate limit is on, as in Lever. */
export async function startLever(options: Partial<SandboxOptions> = {}): Promise<LeverForTests> {
  const sandbox = await startSandbox({ port: 0, answers: ANSWER_SET, ...options })
  const control = `${sandbox.url}/control`
  const lever: LeverForTests = {
    ...sandbox,
    answers: answersOf(options.answers ?? ANSWER_SET),
    ...worldCalls(control),
    ...peopleCalls(control),
    ...accessCalls(control),
    ...webhookCalls(control),
    consent: (startUrl, choice = {}) => consent(sandbox, startUrl, choice),
  }
  await lever.settings({ latencyMs: 0, retryDelaysMs: [20, 30, 40, 50, 60], deliveryTimeoutMs: 2000 })
  return lever
}

/** @throws Error if the control interface refuses the call */
async function call<T>(control: string, method: string, path: string, json?: unknown): Promise<T> {
  const { status, text } = await callHttp(method, `${control}/${path}`, { json })
  if (status >= 400) throw new Error(`the local Lever answered ${status} to ${method} ${path}: ${text}`)
  return (text === '' ? '' : JSON.parse(text)) as T
}

async function list<T>(control: string, path: string): Promise<T[]> {
  return (await call<{ data: T[] }>(control, 'GET', path)).data
}

type Calls<Names extends keyof LeverForTests> = Pick<LeverForTests, Names>

function worldCalls(
  control: string,
): Calls<
  'fault' | 'clearFaults' | 'requests' | 'clearRequests' | 'settings' | 'opportunitiesByEmail' | 'allOpportunities' | 'notesOf' | 'reset'
> {
  return {
    fault: async (order) => call(control, 'POST', 'faults', order),
    clearFaults: async () => call(control, 'DELETE', 'faults'),
    requests: async (path = '') => list(control, `requests?path=${encodeURIComponent(path)}`),
    clearRequests: async () => call(control, 'DELETE', 'requests'),
    settings: async (change) => call(control, 'PATCH', 'settings', change),
    opportunitiesByEmail: async (email) => list(control, `opportunities?email=${encodeURIComponent(email)}`),
    allOpportunities: async () => list(control, 'opportunities'),
    notesOf: async (id) => (await call<{ notes: LeverNote[] }>(control, 'GET', `state?opportunity=${id}`)).notes,
    reset: async () => call(control, 'POST', 'reset'),
  }
}

function peopleCalls(
  control: string,
): Calls<
  | 'addOpportunity'
  | 'moveStage'
  | 'archive'
  | 'unarchive'
  | 'hire'
  | 'deleteOpportunity'
  | 'anonymize'
  | 'mergeContacts'
  | 'deactivateUser'
  | 'reactivateUser'
  | 'changeUser'
> {
  return {
    addOpportunity: async (fields) => call(control, 'POST', 'opportunities', fields),
    moveStage: async (id, stage) => call(control, 'POST', `opportunities/${id}/stage`, { stage }),
    archive: async (id, reason) => call(control, 'POST', `opportunities/${id}/archive`, reason === undefined ? {} : { reason }),
    unarchive: async (id) => call(control, 'POST', `opportunities/${id}/unarchive`),
    hire: async (id, requisitionId) =>
      call(control, 'POST', `opportunities/${id}/hire`, requisitionId === undefined ? {} : { requisitionId }),
    deleteOpportunity: async (id) => call(control, 'POST', `opportunities/${id}/delete`),
    anonymize: async (id) => call(control, 'POST', `opportunities/${id}/anonymize`),
    mergeContacts: async (id, into) => call(control, 'POST', `opportunities/${id}/merge`, { into }),
    deactivateUser: async (email) => call(control, 'POST', `users/${encodeURIComponent(email)}/deactivate`),
    reactivateUser: async (email) => call(control, 'POST', `users/${encodeURIComponent(email)}/reactivate`),
    changeUser: async (email, fields) => call(control, 'PATCH', `users/${encodeURIComponent(email)}`, fields),
  }
}

function accessCalls(control: string): Calls<'newApiKey' | 'revokeApiKey' | 'revokeGrants' | 'expireTokens' | 'allowRedirect'> {
  return {
    newApiKey: async (options = {}) => (await call<{ key: string }>(control, 'POST', 'api-keys', options)).key,
    revokeApiKey: async (key) => call(control, 'POST', `api-keys/${key}/revoke`),
    async revokeGrants() {
      await call(control, 'POST', 'grants/revoke')
      await call(control, 'POST', 'tokens/expire')
    },
    expireTokens: async () => call(control, 'POST', 'tokens/expire'),
    allowRedirect: async (...redirectUris) => call(control, 'POST', 'redirect-uris', { redirectUris }),
  }
}

function webhookCalls(
  control: string,
): Calls<'addWebhook' | 'removeWebhook' | 'webhooks' | 'verifyWebhook' | 'deliveries' | 'rerunDelivery' | 'deliver'> {
  return {
    addWebhook: async (event, url, options = {}) => call(control, 'POST', 'webhooks', { event, url, ...options }),
    removeWebhook: async (id) => call(control, 'DELETE', `webhooks/${id}`),
    webhooks: async () => list(control, 'webhooks'),
    verifyWebhook: async (id) => call(control, 'POST', `webhooks/${id}/verify`),
    deliveries: async () => list(control, 'deliveries'),
    rerunDelivery: async (id) => call(control, 'POST', `deliveries/${id}/rerun`),
    deliver: async (event, data, webhookId) =>
      (await call<{ data: LeverDelivery[] }>(control, 'POST', 'deliver', { event, data, ...(webhookId ? { webhookId } : {}) })).data,
  }
}

/** One visit of the browser: an answer, or the address it is sent to. */
interface Visit {
  url: string
  body: string
}

async function consent(
  sandbox: RunningSandbox,
  startUrl: string,
  { as = LEVER_ADMIN, accept = true, jar = new CookieJar() }: ConsentChoice,
): Promise<string> {
  const browser = got.extend({ cookieJar: jar, followRedirect: false, throwHttpErrors: false, retry: { limit: 0 } })
  let visit = await follow(browser, sandbox, startUrl, 'GET')
  // the service's page that says whose link this is, where that person is not signed in
  const token = /name="continue" value="([^"]*)"/.exec(visit.body)?.[1]
  if (token !== undefined) visit = await follow(browser, sandbox, visit.url, 'POST', { continue: token })
  const field = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(visit.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  if (visit.body.includes('action="/sign-in"'))
    visit = await follow(browser, sandbox, `${sandbox.url}/sign-in`, 'POST', { email: as, next: field('next') })
  if (visit.body.includes('action="/authorize/decision"')) {
    visit = await follow(browser, sandbox, `${sandbox.url}/authorize/decision`, 'POST', {
      request: field('request'),
      decision: accept ? 'accept' : 'deny',
    })
  }
  if (visit.url.startsWith(`${sandbox.url}/`))
    throw new Error(`Lever did not send the browser back from ${visit.url}: ${visit.body.slice(0, 300)}`)
  return visit.url
}

/** Follows redirects until a page is shown, or until the browser would leave the sandbox it had come to. */
async function follow(
  browser: Got,
  sandbox: RunningSandbox,
  startUrl: string,
  method: 'GET' | 'POST',
  form?: Record<string, string>,
): Promise<Visit> {
  let url = startUrl
  let entered = false
  for (let hops = 0; hops < 10; hops += 1) {
    const inside = url.startsWith(`${sandbox.url}/`)
    if (entered && !inside) return { url, body: '' }
    entered ||= inside
    const response = await browser(url, hops === 0 && form ? { method, form } : { method: 'GET' })
    const { location } = response.headers
    if (!location) return { url, body: response.body }
    url = new URL(location, url).toString()
  }
  throw new Error(`${startUrl} redirects without end`)
}
