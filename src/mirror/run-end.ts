import { heldBy, type Claimed } from '../work/claim.ts'
import type { WorkDocument, WorkStore } from '../work/work-fields.ts'

/**
 * How the end of a run was stored: `dueAgain` if it was requested while it ran, or `lost` if another process holds it or the
 * organization was disconnected.
 */
export type RunEnd = 'ended' | 'dueAgain' | 'lost'

/** Sets the fields, which are expressions, while the claim holds the document. */
export async function endUnderFence<T extends WorkDocument & { requests: number }>(
  store: WorkStore,
  claimed: Claimed<T>,
  set: Record<string, unknown>,
): Promise<RunEnd> {
  const how = { projection: { requests: 1 }, returnDocument: 'after', writeConcern: { w: 'majority' } } as const
  const stored = await store.collection.findOneAndUpdate(heldBy(claimed), [{ $set: set }], how)
  if (!stored) return 'lost'
  return stored['requests'] === claimed.document.requests ? 'ended' : 'dueAgain'
}
