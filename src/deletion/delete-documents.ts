import mongoose, { type Model } from 'mongoose'
import type { Claimed } from '../work/claim.ts'
import { writeStep } from '../work/write-step.ts'
import { OrganizationDeletionModel, type OrganizationDeletion } from './deletion-model.ts'

export type ClaimedDeletion = Claimed<OrganizationDeletion>

const AT_A_TIME = 500

/**
 * Returns every model whose documents name their organization, whichever part it belongs to, so that a new one is not forgotten. Work comes
 * first: a worker that holds some loses it, and then writes nothing more.
 */
export function modelsOfOrganizations(): Model<unknown>[] {
  const models = Object.values(mongoose.models).filter((model) => model !== OrganizationDeletionModel && model.schema.path('organization'))
  const isWork = ({ schema }: (typeof models)[number]): boolean => schema.path('fence') !== undefined
  return [...models.filter(isWork), ...models.filter((model) => !isWork(model))]
}

/**
 * Deletes all documents of the organization from one collection, a few at a time. The ids are written down first, so that each document is
 * counted once, whenever the process dies.
 * @returns how many
 * @throws LeaseLost if another worker has taken over the deletion
 */
export async function deleteDocuments({ collection }: Model<unknown>, claimed: ClaimedDeletion): Promise<number> {
  const { organization } = claimed.document
  for (let deleted = 0; ;) {
    // past mongoose, which would cast ids
    const found = await collection.find({ organization }, { projection: { _id: 1 }, limit: AT_A_TIME }).toArray()
    if (found.length === 0) return deleted
    const taken = { from: collection.name, ids: found.map(({ _id }) => _id) }
    await write(claimed, { taken })
    await deleteTaken(claimed)
    deleted += found.length
  }
}

/** Deletes and counts the documents whose ids were written down. Call it first: a process may have died before it did so. */
export async function deleteTaken(claimed: ClaimedDeletion): Promise<void> {
  const { organization, taken } = claimed.document
  if (!taken) return
  await mongoose.connection.collection(taken.from).deleteMany({ organization, _id: { $in: taken.ids } })
  await noteDeleted(claimed, taken.from, taken.ids.length)
}

/** Counts documents that were deleted. */
export async function noteDeleted(claimed: ClaimedDeletion, from: string, documents: number): Promise<number> {
  if (documents === 0) return 0
  const { removed } = claimed.document
  const before = removed.find((one) => one.from === from)?.documents ?? 0
  await write(claimed, { taken: null, removed: [...removed.filter((one) => one.from !== from), { from, documents: before + documents }] })
  return documents
}

type Change = { taken: unknown; removed?: { from: string; documents: number }[] }

async function write(claimed: ClaimedDeletion, set: Change): Promise<void> {
  Object.assign(claimed.document, await writeStep(OrganizationDeletionModel, claimed, { set }))
}
