import type { Accounts } from '../accounts/accounts.ts'
import type { Audit } from '../audit/audit.ts'
import type { Candidates } from '../candidates/candidates.ts'
import type { Resumes } from '../candidates/resumes.ts'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import type { Connections } from '../connection/connections.ts'
import { duplicatesFrom } from './request/describe-duplicates.ts'
import type { Publish } from '../events/domain-events.ts'
import type { RuleDeps } from './rules/apply-rule.ts'
import type { ExportDeps, ExportTerms, Landed } from './run/run-export-deps.ts'
import type { Log } from '../log.ts'
import type { Mappings } from '../mapping/mappings.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { timeOfReading } from '../mirror/server-time.ts'
import { lockKeys } from '../people/person-keys.ts'
import { keyedHash } from '../secrets/opaque-token.ts'

/** The parts that exports build on, and the settings of this process. */
export interface ExportParts {
  accounts: Accounts
  audit: Audit
  connections: Connections
  mappings: Mappings
  mirror: Mirror
  candidates: Candidates
  resumes: Resumes
  /** Lever's base address, `…/v1`. */
  apiUrl: string
  leaseMs: number
  settleMs: number
  timeoutMs: number
  /** Resolves to the ids of the candidates whose person was erased. */
  erasedCandidates: (organization: string, candidateIds: readonly string[]) => Promise<Set<string>>
  publish: Publish
  wake: () => void
  log: Log
  observe?: ExportDeps['observe']
}

/** A landing waits up to 100 ms for the previous group, so a slow one, such as that of an erased person, does not block the others. */
const LANDING = { patienceMs: 100, limitMs: Infinity }

/** Builds the dependencies of exports from the parts that they may import. */
export function askParts(parts: ExportParts): RuleDeps {
  const { accounts, connections, mappings, mirror, candidates } = parts
  const readTerms = async (organization: string): Promise<ExportTerms> => {
    const connection = await connections.get(organization)
    const { sourceName } = await accounts.getOrganization(organization)
    const stageId = connection.settings.defaultStageId ?? null
    return {
      status: connections.statusFor(connection, 'export'),
      canSeeConfidential: connections.canSeeConfidential(connection),
      sourceName,
      stageId,
      apiUrl: parts.apiUrl,
      formsUnread: connection.formsUnread ?? false,
      openClient: (lane, onWait) => connections.clientFor(connection, lane, onWait),
    }
  }
  const store = async ({ readAt, ...landed }: Landed & { readAt: Date }): Promise<{ stageText: string | null }> => {
    const { organization, candidateId, exportId, opportunity, isNew } = landed
    const state = await mirror.opportunityState(organization, opportunity)
    const stageText = state.stage.text === state.stage.id ? null : state.stage.text
    await mirror.keepOurs(organization, { ...opportunity, stageText }, { readAt, isNew })
    await candidates.noteExport(organization, candidateId, exportId, state)
    await parts.publish('exportLanded', { organization, candidateId, exportId })
    return { stageText }
  }
  // runs `store` concurrently for exports that land together, so that each part combines its writes into one command
  const storeTogether = coalesceByKey(async (landed: (Landed & { readAt: Date })[]) => {
    const stored = await Promise.allSettled(landed.map(store))
    return new Map(landed.map((one, index) => [one, stored[index]]))
  }, LANDING)
  return {
    assess: {
      assertExporting: connections.assertExporting,
      resolvePerformAs: mappings.resolvePerformAs,
      findPosting: mirror.lookUpPosting,
      findMirroredPosting: mirror.findPosting,
      findRequisition: mirror.findRequisition,
    },
    readTerms,
    isLeverUserGone: mirror.isUserGone,
    noteFormsUnread: connections.noteFormsUnread,
    remainingClient: connections.remainingClient,
    findCandidate: candidates.find,
    readResume: parts.resumes.read,
    async personHashes(organization, { emails, links }) {
      const key = await accounts.hashKeyOf(organization)
      return lockKeys({ emails, links }).map((value) => keyedHash(key, value))
    },
    duplicates: duplicatesFrom(mirror),
    confidentialityOf: mirror.confidentialityOf,
    async keepOpportunities(organization, opportunities) {
      const readAt = await timeOfReading()
      for (const opportunity of opportunities) await mirror.recordOpportunity(organization, opportunity, readAt)
    },
    stageText: async (organization, stageId) => (await mirror.findStage(organization, stageId))?.text ?? null,
    async onLanded(landed) {
      // taken before the wait: a reading that arrives during the wait is newer
      const one = { ...landed, readAt: await timeOfReading() }
      const stored = (await storeTogether(landed.organization, one)).get(one)
      if (stored?.status !== 'fulfilled') throw stored?.reason
      return stored.value
    },
    onRequested: ({ organization, candidateId, exportId }) => candidates.noteExport(organization, candidateId, exportId),
    onBulkRequested: candidates.noteExports,
    findCandidates: candidates.findBriefly,
    findIdsInStages: candidates.findIdsInStages,
    erasedCandidates: parts.erasedCandidates,
    audit: (record) => parts.audit.append(record),
    wake: parts.wake,
    leaseMs: parts.leaseMs,
    settleMs: parts.settleMs,
    timeoutMs: parts.timeoutMs,
    log: parts.log,
    observe: parts.observe,
  }
}
