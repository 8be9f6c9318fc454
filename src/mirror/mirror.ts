import { publishReading, type ReadingResult } from './publish-reading.ts'
import type { Clearance } from '../accounts/clearance.ts'
import type { LeverClient } from '../lever/client.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import type { Lane } from '../lever/request-budget.ts'
import type { PageRequest } from '../paging.ts'
import {
  confidentialityOf,
  confidentialAmong,
  contactOf,
  listOpportunities,
  opportunitiesOf,
  opportunitiesOfContact,
  opportunitiesSharing,
  type OpportunityFilters,
  type PersonOfOurs,
} from './find-opportunities.ts'
import { forgetHistory, forgetOpportunity, forgetOrganization, forgetPerson } from './forget.ts'
import { keepOpportunity, keepOurs } from './keep-opportunity.ts'
import type { MirrorDeps } from './mirror-deps.ts'
import { allUsers, findUser, lookUpUser, refreshUsers, usersById, isUserGone } from './lever-users.ts'
import {
  findPosting,
  findRequisition,
  findStage,
  listArchiveReasons,
  listPostings,
  listRequisitions,
  listStages,
  listUsers,
} from './mirrored-lists.ts'
import { lookUpPosting, lookUpStage } from './look-up-records.ts'
import { noteHistory, noteInterview } from './note-history.ts'
import { createUseNotes } from './note-use.ts'
import { opportunityState } from './opportunity-state.ts'
import { readHistory } from './read-history.ts'
import { recordAges } from './record-ages.ts'
import { OpportunitySyncModel, type OpportunitySyncDocument } from './opportunity-sync-model.ts'
import { hastenSweep, requestOpportunitySync, standingOf } from './opportunity-sync-schedule.ts'
import { lacksHashes, restoreHashes } from './restore-hashes.ts'
import { RESOURCES, type Synced } from './resource.ts'
import { runOpportunitySync } from './run-opportunity-sync.ts'
import { runSync } from './run-sync.ts'
import { SyncRunModel, type SyncRunDocument } from './sync-run-model.ts'
import { createForgottenLook } from './schedule-forgotten.ts'
import { OPPORTUNITY_SYNC_LIMITS, SYNC_LIMITS } from './sync-lanes.ts'
import { requestSync } from './sync-schedule.ts'
import { syncStatus } from './sync-status.ts'
import { startSyncWorker } from './sync-worker.ts'
import type { Worker } from '../work/worker.ts'

/** Lever's records as last seen. */
export function createMirror(deps: MirrorDeps) {
  let worker: Worker | null = null
  let opportunityWorker: Worker | null = null
  const { leaseMs, log } = deps
  const scheduleForgotten = createForgottenLook()
  const noteUse = createUseNotes(log)
  /** Notes the use of the organization's lists with each call. */
  const used =
    <Rest extends unknown[], R>(read: (organization: string, ...rest: Rest) => R) =>
    (organization: string, ...rest: Rest): R => {
      noteUse(organization)
      return read(organization, ...rest)
    }

  /**
   * Reads all opportunities if that is not complete yet, and then the changes. `asked`: a person is watching the
   * progress.
   */
  async function syncOpportunities(organization: string, { asked }: { asked: boolean } = { asked: true }): Promise<void> {
    await requestOpportunitySync(organization, { asked })
    opportunityWorker?.wake()
  }

  return {
    /** Runs due syncs in this process; other processes may do so too. */
    startWorker(): Worker {
      worker ??= startSyncWorker<SyncRunDocument>({
        name: 'syncs',
        store: SyncRunModel,
        run: (claimed, signal) => runSync(claimed, deps, signal),
        limits: SYNC_LIMITS,
        leaseMs,
        log,
      })
      return worker
    },
    /** The same for opportunities. */
    startOpportunityWorker(): Worker {
      opportunityWorker ??= startSyncWorker<OpportunitySyncDocument>({
        name: 'opportunity syncs',
        store: OpportunitySyncModel,
        run: (claimed, signal) => runOpportunitySync(claimed, deps, signal),
        limits: OPPORTUNITY_SYNC_LIMITS,
        leaseMs,
        log,
      })
      return opportunityWorker
    },
    /**
     * Begins a sync in the background, of at least these resources, or of all if none are named or all are due. Reads
     * opportunities only if they are named, or have been read before.
     * @throws ServiceError `connection_not_active` if there is no grant that Lever accepts
     */
    async sync(organization: string, resources?: readonly Synced[]): Promise<void> {
      await deps.leverClient(organization, 'sync')
      const others = RESOURCES.filter((resource) => resources?.includes(resource) ?? true)
      if (others.length > 0) {
        await requestSync(organization, resources && others)
        worker?.wake()
      }
      if (resources?.includes('opportunities') ?? (await OpportunitySyncModel.exists({ organization })))
        await syncOpportunities(organization)
    },
    syncOpportunities,
    syncStatus,
    /** Schedules syncs that were forgotten, and begins those that are due. For a job; costs the same however many organizations there are. */
    async syncDue(): Promise<void> {
      await scheduleForgotten()
      worker?.wake()
      opportunityWorker?.wake()
    },
    /** How far the mirror of opportunities can be trusted. */
    standingOf,
    /** Begins a sweep, unless one has just run. Called when many exports wait and would otherwise each ask Lever. */
    async hastenSweep(organization: string): Promise<void> {
      if (await hastenSweep(organization)) opportunityWorker?.wake()
    },

    recordAges,
    findUser,
    /** Also decides who may export, so that a user who was deactivated or reactivated in Lever is noticed soon. */
    usersById: used(usersById),
    allUsers: used(allUsers),
    lookUpUser: (organization: string, email: string) => lookUpUser(deps, organization, email),
    isUserGone: (organization: string, leverId: string) => isUserGone(deps, organization, leverId),
    refreshUsers: (organization: string) => refreshUsers(deps, organization),
    findStage,
    lookUpStage: (organization: string, leverId: string) => lookUpStage(deps, organization, leverId),
    findPosting,
    lookUpPosting: used((organization: string, leverId: string, clearance: Clearance) =>
      lookUpPosting(deps, organization, leverId, clearance),
    ),
    findRequisition: used(findRequisition),
    listUsers: used(listUsers),
    listStages: used(listStages),
    listArchiveReasons: used(listArchiveReasons),
    listPostings: used(listPostings),
    listRequisitions: used(listRequisitions),

    recordOpportunity: (organization: string, opportunity: LeverOpportunity, readAt: Date) =>
      keepOpportunity(deps, organization, opportunity, readAt),
    /** Stores the reading that a webhook caused, and informs the other parts. May be repeated. */
    async takeReading(organization: string, opportunity: LeverOpportunity, readAt: Date): Promise<ReadingResult & { isNewest: boolean }> {
      noteUse(organization)
      const outcome = await keepOpportunity(deps, organization, opportunity, readAt)
      return { ...(await publishReading(deps, organization, opportunity, readAt)), isNewest: outcome === 'applied' }
    },
    keepOurs: (organization: string, opportunity: LeverOpportunity, read: { readAt: Date; isNew: boolean }) =>
      keepOurs(deps, organization, opportunity, read),
    opportunityState,
    noteHistory,
    noteInterview,
    readHistory,
    forgetHistory,
    listOpportunities: (organization: string, filters: OpportunityFilters, clearance: Clearance, page: PageRequest) =>
      listOpportunities(deps, organization, filters, clearance, page),
    confidentialAmong,
    confidentialityOf,
    opportunitiesOf: (organization: string, person: PersonOfOurs) => opportunitiesOf(deps, organization, person),
    opportunitiesSharing: (organization: string, person: Parameters<typeof opportunitiesSharing>[2]) =>
      opportunitiesSharing(deps, organization, person),
    opportunitiesOfContact,
    contactOf,
    forgetOpportunity,
    lacksHashes,
    /**
     * Reads again the records from which an erasure removed hashes.
     * @returns true if there were any
     */
    restoreHashes: (organization: string, by: { client: LeverClient; lane: Lane }) => restoreHashes(deps, organization, by),
    forgetPerson: (organization: string, person: Parameters<typeof forgetPerson>[2]) => forgetPerson(deps, organization, person),
    forgetOrganization,
  }
}

export type Mirror = ReturnType<typeof createMirror>
