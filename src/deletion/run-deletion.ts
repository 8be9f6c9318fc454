import { writeStep } from '../work/write-step.ts'
import { deleteDocuments, deleteTaken, modelsOfOrganizations, noteDeleted, type ClaimedDeletion } from './delete-documents.ts'
import { OrganizationDeletionModel } from './deletion-model.ts'
import type { DeletionDeps } from './deletion-deps.ts'

/** A request that was under way when the organization ended may have written something since. Requests end within minutes. */
const LATE_LOOK_MS = 15 * 60_000

/**
 * Ends the connection to Lever, then makes one pass through all collections. If the pass found anything, another one follows. Once nothing
 * is left, the receipt is complete; a last pass follows later. May be interrupted anywhere and repeated.
 * @throws LeaseLost if another worker has taken over
 */
export async function runDeletion(claimed: ClaimedDeletion, deps: DeletionDeps): Promise<void> {
  const organization = String(claimed.document.organization)
  if (!claimed.document.disconnectedAt) {
    await deps.disconnect(organization)
    await writeStep(OrganizationDeletionModel, claimed, { now: ['disconnectedAt'] })
  }
  await deleteTaken(claimed)
  let deleted = 0
  for (const { collection, remove } of deps.first) deleted += await noteDeleted(claimed, collection, await remove(organization))
  for (const model of modelsOfOrganizations()) deleted += await deleteDocuments(model, claimed)
  for (const { collection, remove } of deps.last) deleted += await noteDeleted(claimed, collection, await remove(organization))
  if (deleted > 0) return void (await writeStep(OrganizationDeletionModel, claimed, { release: 0 }))
  const isLate = claimed.document.status === 'done'
  await writeStep(
    OrganizationDeletionModel,
    claimed,
    isLate ? { release: 'never' } : { set: { status: 'done' }, now: ['deletedAt'], release: LATE_LOOK_MS },
  )
}
