import { randomBytes } from 'node:crypto'
import { CandidateInput } from '../../src/candidates/candidate-input.ts'
import { createCandidates, type Candidates } from '../../src/candidates/candidates.ts'
import { createConnections, type Connections } from '../../src/connection/connections.ts'
import { NEVER_SYNCED } from '../../src/connection/sync-view.ts'
import type { SignatureTokenPlace } from '../../src/connection/webhook-events.ts'
import { createRequestBudget } from '../../src/lever/request-budget.ts'
import { createLog } from '../../src/log.ts'
import { createMirror, type Mirror } from '../../src/mirror/mirror.ts'
import { webhookDeliveryEndpoints } from '../../src/web/api/webhook-deliveries.ts'
import { webhookIntake, webhookIntakePaths } from '../../src/web/api/webhook-intake.ts'
import { signWebhook } from '../../src/webhooks/verify-signature.ts'
import { createWebhooks, type Webhooks } from '../../src/webhooks/webhooks.ts'
import type { Worker } from '../../src/work/worker.ts'
import { linkToLever } from '../support/candidates.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { nobodyErased } from '../support/nobody-erased.ts'
import { startWeb, type RunningWeb, type WebParts } from '../support/web.ts'
import { publishTo } from '../support/domain-events.ts'

const ACTOR = 'apiKey:test'
const ADMIN = 'ada@x.example'
/** Beyond any time for which a machine stands still: nobody here is to lose a lease, or an answer. */
const LEASE_MS = 60_000
const TIMEOUT_MS = 20_000

/** An organization connected to the local Lever, with the endpoint listening and no worker running. */
export interface WebhookWorld {
  web: RunningWeb
  lever: LeverForTests
  connections: Connections
  candidates: Candidates
  mirror: Mirror
  webhooks: Webhooks
  /** Opportunities that were deleted in Lever, as told. */
  deleted: string[]
  startWorker(): Worker
  saveToken(event: SignatureTokenPlace, token?: string): Promise<string>
  endpointUrl(): Promise<string>
  /** Posts to the endpoint as it is, as a proxy hands it on that names the sender's address (`from`). */
  post(body: string | Uint8Array<ArrayBuffer>, from?: string): Promise<Response>
  /** Posts an event signed with `signatureToken`; resolves to status and outcome. */
  deliver(event: string, data: unknown, signatureToken?: string, fields?: object): Promise<{ status: number; outcome: string | undefined }>
  /** A candidate linked to an opportunity of Lever. */
  linkedCandidate(opportunityId: string): Promise<string>
  /** As the admin does, with a new organization's connection as it begins. */
  connect(): Promise<void>
  stop(): Promise<void>
}

/** What Lever posts, signed as it does (Lever's API documentation). */
export function webhookBody(event: string, data: unknown, signatureToken: string | null, fields: object = {}): Record<string, unknown> {
  const body = { event, triggeredAt: Date.now(), token: randomBytes(24).toString('hex'), ...fields }
  return { ...body, ...(signatureToken === null ? {} : { signature: signWebhook(signatureToken, body) }), data }
}

export async function startWebhookWorld(): Promise<WebhookWorld> {
  await connectEmptyDatabase()
  const lever = await startLever()
  await lever.settings({ rateLimit: { enabled: false } })
  const deleted: string[] = []
  let parts!: ReturnType<typeof buildParts>
  const web = await startWeb({
    intakes: (webParts) => {
      parts = buildParts(webParts, lever, deleted)
      return [webhookIntake({ ...parts, trustedProxies: 1, readWithinMs: TIMEOUT_MS })]
    },
    intakePaths: webhookIntakePaths,
    endpoints: (webParts) => webhookDeliveryEndpoints((parts ??= buildParts(webParts, lever, deleted))),
  })
  const { organization } = web
  await web.accounts.putPerson(organization, ADMIN, { name: 'Ada', role: 'admin' }, ACTOR)
  const { connections, candidates, webhooks } = parts
  const endpointUrl = async () => `${web.url}/webhooks/lever/${(await connections.get(organization)).endpointKey}`
  const post = async (body: string | Uint8Array<ArrayBuffer>, from?: string) =>
    fetch(await endpointUrl(), { method: 'POST', body, headers: from === undefined ? {} : { 'x-forwarded-for': from } })
  const world: WebhookWorld = {
    ...parts, web, lever, deleted, endpointUrl, post,
    startWorker: () => webhooks.startWorker(20),
    async saveToken(event, token = randomBytes(24).toString('hex')) {
      await connections.putSignatureToken(organization, event, token, ACTOR)
      return token
    },
    async deliver(event, data, signatureToken, fields) {
      const response = await post(JSON.stringify(webhookBody(event, data, signatureToken ?? null, fields)))
      return { status: response.status, outcome: ((await response.json()) as { outcome?: string }).outcome }
    },
    async linkedCandidate(opportunityId) {
      const { candidate } = await candidates.create(organization, CandidateInput.parse({ name: 'Ana', emails: ['ana@a.example'] }), 'all')
      const state = { opportunityId, contactId: null, url: null, stage: { id: 'lead-new', text: 'New lead' }, postings: [], archived: null, owner: null, updatedAt: null }
      await linkToLever(organization, candidate.id, state)
      return candidate.id
    },
    async connect() {
      await connections.putApiKey(organization, { apiKey: await lever.newApiKey(), userEmail: ADMIN }, ACTOR)
    },
    async stop() {
      await web.stop()
      await lever.stop()
      await leaveDatabase()
    },
  } // prettier-ignore
  await world.connect()
  return world
}

function buildParts({ accounts, audit, sealer, publicUrl }: WebParts, lever: LeverForTests, deleted: string[]) {
  const log = createLog({ level: 'silent' })
  const publish = publishTo({
    signatureTokenSaved: ({ organization, place }) => webhooks.releaseHeld(organization, place),
    connectionAuthorized: ({ organization }) => webhooks.resumeWaiting(organization),
    connectionEnded: ({ organization }) => webhooks.forgetAccount(organization),
    candidateSeenInLever: ({ organization, state }) => candidates.applyLeverState(organization, state.opportunityId, state),
    opportunityDeleted({ organization, opportunityId }) {
      deleted.push(opportunityId)
      return candidates.unlinkOpportunity(organization, opportunityId)
    },
  })
  const connections: Connections = createConnections({
    sealer, accounts, audit, publicUrl, log,
    budget: createRequestBudget({ requestsPerSecond: 500, burst: 500 }),
    lever: { ...lever, environment: 'local', timeoutMs: TIMEOUT_MS },
    readMappingCounts: async () => ({ mapped: 0, active: 0 }),
    readExportAudit: async () => null,
    readSync: async () => NEVER_SYNCED,
    stageIsKnown: async () => true,
    knownUserByEmail: async () => null,
    stageExists: async () => true,
    leverUserByEmail: async () => null,
    heldCounts: (connection) => webhooks.heldCounts(connection),
    publish,
  }) // prettier-ignore
  const mirror = createMirror({
    leverClient: connections.leverClient,
    openReading: async (organization) => ({ client: await connections.leverClient(organization, 'sync'), confidential: false }),
    rememberLeverUsers: async () => undefined,
    publish,
    knownAmong: [(organization, ids) => candidates.linkedAmong(organization, ids)],
    concernsCandidate: (organization, id) => candidates.isAnyInLeverAs(organization, id, []),
    hasExportBurst: async () => false,
    hashKeyOf: accounts.hashKeyOf,
    log, leaseMs: LEASE_MS,
  }) // prettier-ignore
  const candidates = createCandidates({
    readPublicPostings: async (_organization: string, ids: readonly string[]) => new Set(ids),
    readExports: async () => new Map(),
    publish,
    erased: nobodyErased,
    watchStages: async () => null,
    leaseMs: LEASE_MS,
    log,
  })
  const webhooks = createWebhooks({
    audit, connections, mirror, log,
    publish,
    wake: () => undefined,
    leaseMs: LEASE_MS,
  }) // prettier-ignore
  return { connections, mirror, candidates, webhooks }
}
