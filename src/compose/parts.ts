import { createAccounts } from '../accounts/accounts.ts'
import { createOpenId } from '../accounts/open-id.ts'
import { createTrailSecrets } from '../accounts/trail-secrets.ts'
import { createAudit } from '../audit/audit.ts'
import { createCandidates, type Candidates } from '../candidates/candidates.ts'
import { createResumes } from '../candidates/resumes.ts'
import { listenersOf } from './listeners.ts'
import type { Config } from '../config.ts'
import { createPublish } from '../events/domain-events.ts'
import { createDeletions } from '../deletion/deletions.ts'
import { createErasures, type Erasures } from '../erasure/erasures.ts'
import { forgettersOf } from '../erasure/forgetters.ts'
import { createConversations, type Conversations } from '../conversations/conversations.ts'
import { createConnections, type Connections } from '../connection/connections.ts'
import { createExports, type Exports } from '../export/exports.ts'
import { exportSummaries } from '../export/export-view.ts'
import { createRequestBudget } from '../lever/request-budget.ts'
import type { Log } from '../log.ts'
import { createMappings, type Mappings } from '../mapping/mappings.ts'
import { createMirror, type Mirror } from '../mirror/mirror.ts'
import { forgetIdempotencyKeys } from '../web/api/idempotency.ts'
import { createWebhooks, type Webhooks } from '../webhooks/webhooks.ts'
import type { Observers } from '../operators/service-metrics.ts'
import { createSealer } from '../secrets/sealer.ts'

export interface ServiceOptions extends Config {
  mongodbUri: string
  /** For a trial on a developer's machine: sample people can sign in with one click, from loopback only. */
  samplePeople?: boolean
}

/** The joined parts: everything that a route, a job, a page or a script calls. */
export type Parts = ReturnType<typeof composeParts>

/** Builds every part and joins it to the others. Nothing runs yet. */
export function composeParts(options: ServiceOptions, log: Log, wake: (collection: string) => void, observe: Partial<Observers> = {}) {
  const { publicUrl, leaseMs, settleMs } = options
  const publish = createPublish(() => listenersOf(parts))
  const sealer = createSealer(options.secretKeys)
  const audit = createAudit({ secrets: createTrailSecrets({ sealer, log }), log })
  const accounts = createAccounts({
    sealer,
    publicUrl,
    audit,
    log,
    publish,
  })
  const openId = options.openId && createOpenId({ settings: options.openId, publicUrl, sealer })
  const budget = createRequestBudget(options.lever)
  const connections: Connections = createConnections({
    sealer,
    accounts,
    audit,
    budget,
    lever: options.lever,
    publicUrl,
    log,
    observeCall: observe.observeCall,
    observeRefresh: observe.observeRefresh,
    readMappingCounts: (organization) => mappings.counts(organization),
    readSync: (organization) => mirror.syncStatus(organization),
    readExportAudit: (organization) => exports.readAuditCounts(organization),
    stageIsKnown: async (organization, id) => (await mirror.findStage(organization, id)) !== null,
    async knownUserByEmail(organization, email) {
      const user = await mirror.findUser(organization, { email })
      return user && { ...user, email }
    },
    stageExists: async (organization, id) => (await mirror.lookUpStage(organization, id)) !== null,
    leverUserByEmail: async (organization, email) => {
      const user = await mirror.lookUpUser(organization, email)
      return user && { ...user, email }
    },
    heldCounts: (connection) => webhooks.heldCounts(connection),
    publish,
  })
  const mirror: Mirror = createMirror({
    leverClient: connections.leverClient,
    openReading: (organization) => connections.openReading(organization),
    rememberLeverUsers: connections.rememberLeverUsers,
    hashKeyOf: accounts.hashKeyOf,
    publish,
    knownAmong: [
      (organization, ids) => candidates.linkedAmong(organization, ids),
      (organization, ids) => exports.exportedAmong(organization, ids),
      (organization, ids) => conversations.talkedAmong(organization, ids),
    ],
    concernsCandidate: async (organization, id) => candidates.isAnyInLeverAs(organization, id, await exports.exportedTo(organization, id)),
    hasExportBurst: (organization) => exports.hasExportBurst(organization),
    log,
    leaseMs,
  })
  const leverUsers = { lookUp: mirror.lookUpUser, byId: mirror.usersById, all: mirror.allUsers, refresh: mirror.refreshUsers }
  const mappings: Mappings = createMappings({ accounts, audit, leverUsers })
  const candidates: Candidates = createCandidates({
    readExports: exportSummaries,
    async readPublicPostings(organization, ids) {
      const confidential = await mirror.confidentialityOf(organization, 'postings', ids)
      return new Set([...confidential].filter(([, isConfidential]) => !isConfidential).map(([id]) => id))
    },
    publish,
    erased: {
      among: (organization, keys) => erasures.among(organization, keys),
      lift: (organization, entered, session) => erasures.lift(organization, entered, session),
    },
    watchStages: (organization) => exports.rules.watchStages(organization),
    leaseMs,
    log,
    observeImport: observe.observeImport,
  })
  const resumes = createResumes()
  const exports: Exports = createExports({
    accounts,
    audit,
    connections,
    mappings,
    mirror,
    candidates,
    resumes,
    leaseMs,
    settleMs,
    log,
    apiUrl: options.lever.apiUrl,
    timeoutMs: options.lever.timeoutMs,
    erasedCandidates: (organization, candidateIds) => erasures.candidatesAmong(organization, candidateIds),
    publish,
    wake: () => wake('exports'),
    observe: observe.observeExport,
  })
  const conversations: Conversations = createConversations({
    accounts,
    audit,
    connections,
    mappings,
    mirror,
    candidates,
    exports,
    isErased: (organization, opportunityId) => erasures.hasErased(organization, opportunityId),
    noteDelayMs: options.noteDelayMs,
    leaseMs,
    settleMs,
    timeoutMs: options.lever.timeoutMs,
    wake: () => wake('conversations'),
    log,
  })
  const webhooks: Webhooks = createWebhooks({
    audit,
    connections,
    mirror,
    publish,
    wake: () => wake('deliveries'),
    observe: observe.observeDelivery,
    leaseMs,
    log,
  })
  const erasures: Erasures = createErasures({
    accounts,
    audit,
    candidates,
    exports,
    mirror,
    connections,
    stopPosting: async ({ organization, ...person }) => {
      await exports.stopPosting(organization, person.candidateId)
      await conversations.stopNotes(organization, person)
    },
    isPosting: async ({ organization, ...person }) =>
      (await exports.isPosting(organization, person.candidateId)) || conversations.isNoteOnItsWay(organization, person),
    forgetters: forgettersOf({ candidates, resumes, exports, conversations, webhooks, mirror, forgetIdempotencyKeys }),
    leaseMs,
    log,
    observe: observe.observeErasure,
  })
  const deletions = createDeletions({
    endOrganization: accounts.endOrganization,
    disconnect: (organization) => connections.disconnect(organization, 'operator'),
    first: [
      { collection: 'resumes', remove: resumes.dropAllOf },
      { collection: 'candidate_import_files', remove: candidates.dropImportFilesOf },
    ],
    last: [
      { collection: 'audit_heads', remove: audit.dropHead },
      { collection: 'organizations', remove: accounts.dropOrganization },
    ],
    wake: () => wake('organization_deletions'),
    leaseMs,
    log,
  })
  const parts = {
    deletions,
    erasures,
    webhooks,
    sealer,
    audit,
    accounts,
    openId,
    budget,
    connections,
    mirror,
    mappings,
    candidates,
    resumes,
    exports,
    conversations,
  }
  return parts
}
