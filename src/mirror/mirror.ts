import type { LeverClient } from '../lever/client.ts'
import type { LeverOpportunity } from '../lever/opportunities.ts'
import type { Lane } from '../lever/request-budget.ts'
import type { Log } from '../log.ts'
import type { PageRequest } from '../paging.ts'
import {
  contactOf,
  listOpportunities,
  opportunitiesOf,
  opportunitiesOfContact,
  type OpportunityFilters,
  type PersonOfOurs,
} from './find-opportunities.ts'
import { forgetOpportunity } from './forget-opportunity.ts'
import { forgetOrganization } from './forget-organization.ts'
import { forgetPerson } from './forget-person.ts'
import { keepOpportunity, type KeepDeps } from './keep-opportunity.ts'
import { allUsers, findUser, lookUpUser, refreshUsers, usersById } from './lever-users.ts'
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
import { opportunityState } from './opportunity-state.ts'
import { recordAges } from './record-ages.ts'
import type { Resource } from './resource.ts'
import { announceSync } from './sync-progress.ts'
import { requestSync, scheduleForgottenSyncs } from './sync-schedule.ts'
import { startSyncWorker } from './sync-worker.ts'
import type { Worker } from '../work/worker.ts'

export interface MirrorDeps extends KeepDeps {
  /** @throws ServiceError `connection_not_active` when there is no grant that Lever accepts */
  leverClient(organization: string, lane?: Lane): Promise<LeverClient>
  canSeeConfidential(organization: string): Promise<boolean>
  /** Told the users of the account, by whom the connection knows it again. */
  rememberLeverUsers(organization: string, leverUserIds: readonly string[]): Promise<void>
  log: Log
  /** How long a sync holds without a heartbeat. */
  leaseMs: number
}

/** Lever's records as last seen. */
export function createMirror(deps: MirrorDeps) {
  let worker: Worker | null = null

  return {
    /** Lets this process run syncs that are due; others may do so as well. */
    startWorker(): Worker {
      worker ??= startSyncWorker({ ...deps, forget: forgetOrganization })
      return worker
    },
    /**
     * Begins a sync in the background: of these resources at least, of all when none are named or all are due.
     * @throws ServiceError `connection_not_active` when there is no grant that Lever accepts
     */
    async sync(organization: string, resources?: readonly Resource[]): Promise<void> {
      await deps.leverClient(organization, 'sync')
      await requestSync(organization, resources)
      await announceSync(organization)
      worker?.wake()
    },
    /** Begins, in the background, the syncs that are due: a quarter of an hour after the last one, or never begun. */
    async syncDue(): Promise<void> {
      await scheduleForgottenSyncs()
      worker?.wake()
    },

    recordAges,
    findUser,
    usersById,
    allUsers,
    lookUpUser: (organization: string, email: string) => lookUpUser(deps, organization, email),
    refreshUsers: (organization: string) => refreshUsers(deps, organization),
    findStage,
    lookUpStage: (organization: string, leverId: string) => lookUpStage(deps, organization, leverId),
    findPosting,
    lookUpPosting: (organization: string, leverId: string) => lookUpPosting(deps, organization, leverId),
    findRequisition,
    listUsers,
    listStages,
    listArchiveReasons,
    listPostings,
    listRequisitions,

    recordOpportunity: (organization: string, opportunity: LeverOpportunity, readAt: Date) =>
      keepOpportunity(deps, organization, opportunity, readAt),
    opportunityState,
    listOpportunities: (organization: string, filters: OpportunityFilters, page: PageRequest) =>
      listOpportunities(deps, organization, filters, page),
    opportunitiesOf: (organization: string, person: PersonOfOurs) => opportunitiesOf(deps, organization, person),
    opportunitiesOfContact,
    contactOf,
    forgetOpportunity,
    forgetPerson: (organization: string, person: Parameters<typeof forgetPerson>[2]) => forgetPerson(deps, organization, person),
    forgetOrganization,
  }
}

export type Mirror = ReturnType<typeof createMirror>
