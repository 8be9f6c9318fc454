import { Types } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { page, type Page, type PageRequest } from '../paging.ts'
import { claimWork, heartbeat } from '../work/claim.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import { DUE_NOW } from '../work/work-fields.ts'
import type { DeletionDeps } from './deletion-deps.ts'
import { OrganizationDeletionModel, type OrganizationDeletion } from './deletion-model.ts'
import { deletionView, type DeletionView } from './deletion-view.ts'
import { runDeletion } from './run-deletion.ts'

const AT_ONCE = 2

export type Deletions = ReturnType<typeof createDeletions>

/** Deletes whole organizations, and keeps a receipt of each. */
export function createDeletions(deps: DeletionDeps) {
  const { leaseMs, log } = deps
  return {
    /**
     * Ends an organization. When this resolves, nobody can sign in to it or use its API keys, and it is not found any more. Its connection
     * and its data are deleted by a worker.
     * @returns the id of the receipt
     * @throws ServiceError `not_found`, also while it is being deleted
     */
    async deleteOrganization(id: string, actor: string): Promise<string> {
      if (!Types.ObjectId.isValid(id)) throw new ServiceError('not_found', 'There is no such organization.')
      const receipt = await begin(deps, id, actor)
      log.info({ organization: id, actor }, 'organization.deleted')
      deps.wake()
      return receipt
    },
    /** Receipts of completed deletions, newest first. */
    list: (request: PageRequest): Promise<Page<DeletionView>> => page(OrganizationDeletionModel, { status: 'done' }, request, deletionView),
    startWorker: (pollMs: number): Worker =>
      startWorker<OrganizationDeletion>({
        name: 'organization deletions',
        atOnce: AT_ONCE,
        pollMs,
        leaseMs,
        claim: (atMost) => claimWork(OrganizationDeletionModel, { statuses: ['running', 'done'], atMost, leaseMs }),
        keep: (claimed) => heartbeat(OrganizationDeletionModel, claimed, leaseMs),
        run: (claimed) => runDeletion(claimed, deps),
        log,
      }),
  }
}

async function begin({ endOrganization }: DeletionDeps, id: string, actor: string): Promise<string> {
  return OrganizationDeletionModel.db.transaction(
    async (session) => {
      const ended = await endOrganization(id, session)
      const removed = Object.entries(ended).flatMap(([from, documents]) => (documents > 0 ? [{ from, documents }] : []))
      const fields = { organization: id, actor, status: 'running' as const, removed, dueAt: DUE_NOW }
      const [deletion] = await OrganizationDeletionModel.create([fields], { session })
      return String(deletion?._id)
    },
    { writeConcern: { w: 'majority', j: true } },
  )
}
