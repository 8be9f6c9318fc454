import type { Claimed } from '../work/claim.ts'
import { pauseAfter } from '../work/try-again.ts'
import { writeStep } from '../work/write-step.ts'
import type { ErasureDeps } from './erasure-deps.ts'
import { ErasureModel, type ErasureDocument } from './erasure-model.ts'
import { findPerson } from './find-person.ts'

export type ClaimedErasure = Claimed<ErasureDocument>

const PAUSES = { firstMs: 500, longestMs: 60_000 }

/**
 * Makes one pass through everything that may know the person. If work under way still needs some of it, another pass
 * follows. Otherwise the erasure is done, and keeps only counts and keyed hashes.
 * @throws LeaseLost when another worker has taken over; after any other error the erasure is claimed again
 */
export async function runErasure(claimed: ClaimedErasure, deps: ErasureDeps): Promise<void> {
  const { document } = claimed
  const person = await findPerson(document, deps)
  const removed = new Map(document.removed.map(({ from, documents }) => [from, documents]))
  let underWay = false
  for (const { collection, forget } of deps.forgetters) {
    const forgotten = await forget(person)
    underWay ||= forgotten.underWay
    if (forgotten.removed === 0) continue
    removed.set(collection, (removed.get(collection) ?? 0) + forgotten.removed)
    await writeStep(ErasureModel, claimed, { set: { removed: [...removed].map(([from, documents]) => ({ from, documents })) } })
  }
  const passes = document.passes + 1
  if (underWay) return comeAgain(claimed, passes)
  await finish(claimed, passes, deps)
}

async function comeAgain(claimed: ClaimedErasure, passes: number): Promise<void> {
  await writeStep(ErasureModel, claimed, { set: { passes }, release: pauseAfter(passes - 1, PAUSES) })
}

async function finish(claimed: ClaimedErasure, passes: number, deps: ErasureDeps): Promise<void> {
  const { candidate, cause, actor, createdAt } = claimed.document
  const organization = String(claimed.document.organization)
  const madeInLever = await deps.exports.madeDuringErasure(organization, String(candidate), createdAt)
  await deps.audit.append({
    organization,
    actor,
    action: 'candidate.erased',
    subject: `candidate:${String(candidate)}`,
  })
  const set = { passes, status: 'done', madeInLever }
  await writeStep(ErasureModel, claimed, { set, unset: ['person'], now: ['erasedAt'], release: 'never' })
  deps.observe?.(cause)
}
