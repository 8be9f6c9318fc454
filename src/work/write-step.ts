import type { Document } from 'mongodb'
import { heldBy, LeaseLost, type Claimed } from './claim.ts'
import { NEVER, type WorkDocument, type WorkStore } from './work-fields.ts'

/** One entry of a document's history. */
export interface Attempt {
  step: string
  outcome: string
  detail?: string | null
}

/** A change to a claimed document. Field names may be dotted; values are taken literally. */
export interface Step {
  set?: Record<string, unknown>
  unset?: readonly string[]
  /** Fields that get the database's time. */
  now?: readonly string[]
  attempt?: Attempt
  /** The field that stores the attempt; by default `attempts`. */
  history?: string
  /**
   * For the last write before a call that posts. Once the document's person is erased (`erasedAt`), the step fails as if the lease were
   * lost, and the document is released at once.
   */
  unlessErased?: boolean
  /** A field that must exist. An earlier step wrote it without waiting for the majority, so it may have been lost since. */
  unlessLost?: string
  /** Does not wait for the majority. The next step that does wait secures this one too, or fails if the claim was lost. */
  isPassing?: boolean
  /**
   * Releases the document. It can be claimed again after this many ms by the database's clock, or with `never` once something wakes it. If
   * left out, this worker keeps the lease.
   */
  release?: number | 'never'
}

const KEPT_ATTEMPTS = 50

/**
 * Writes a step under the fence, with times by the database's clock. Resolves after a majority write, unless the step `isPassing`.
 * @throws LeaseLost if another worker holds the document, if the person was erased and the step is `unlessErased`, or if the field named by
 * `unlessLost` is missing
 */
export async function writeStep<T extends WorkDocument>(store: WorkStore, claimed: Claimed<T>, step: Step): Promise<T> {
  const written = await store.collection.findOneAndUpdate(
    {
      ...heldBy(claimed),
      ...(step.unlessErased ? { erasedAt: null } : {}),
      ...(step.unlessLost ? { [step.unlessLost]: { $exists: true } } : {}),
    },
    stagesOf(step),
    { returnDocument: 'after', writeConcern: step.isPassing ? { w: 1 } : { w: 'majority', j: true } },
  )
  if (written) return written as unknown as T
  if (step.unlessErased) await giveBackErased(store, claimed)
  throw new LeaseLost(String(claimed.document._id))
}

/** Releases the document, because the erasure waits for documents that a worker holds. */
async function giveBackErased<T extends WorkDocument>(store: WorkStore, claimed: Claimed<T>): Promise<void> {
  await store.collection.updateOne({ ...heldBy(claimed), erasedAt: { $ne: null } }, [{ $set: releaseOf({ release: 0 }) }])
}

function stagesOf(step: Step): Document[] {
  const literal = Object.entries(step.set ?? {}).map(([field, value]) => [field, { $literal: value }])
  const now = (step.now ?? []).map((field) => [field, '$$NOW'])
  const removed = (step.unset ?? []).map((field) => [field, '$$REMOVE'])
  const stages: Document[] = [{ $set: Object.fromEntries([...literal, ...removed]) }]
  const derived = { ...Object.fromEntries(now), ...releaseOf(step), ...(step.attempt ? appended(step.attempt, step.history) : {}) }
  if (Object.keys(derived).length > 0) stages.push({ $set: derived })
  return stages
}

function releaseOf({ release }: Step): Record<string, unknown> {
  if (release === undefined) return {}
  const dueAt = release === 'never' ? NEVER : { $add: ['$$NOW', Math.max(0, Math.round(release))] }
  return { dueAt, claim: null, leaseUntil: null }
}

/** Returns the part of a `$set` stage that adds an attempt to a document's history, at the database's time. */
export function appended(attempt: Attempt, history = 'attempts'): Record<string, unknown> {
  const entry = {
    at: '$$NOW',
    step: { $literal: attempt.step },
    outcome: { $literal: attempt.outcome },
    detail: { $literal: attempt.detail ?? null },
  }
  return { [history]: { $slice: [{ $concatArrays: [{ $ifNull: [`$${history}`, []] }, [entry]] }, -KEPT_ATTEMPTS] } }
}
