import { isConfidential } from '../../accounts/clearance.ts'
import { leaseHolds, type Claimed } from '../../work/claim.ts'
import { claimedAt, pauseAfter } from '../../work/try-again.ts'
import { writeStep, type Attempt } from '../../work/write-step.ts'
import type { Duplicate } from '../request/find-duplicates.ts'
import { mainDuplicate } from '../request/find-duplicates.ts'
import { SENT_RESUME } from './carried-resume.ts'
import { BULK_LANE, ExportModel, type ExportDocument, type ExportResume, type WaitingFor } from '../export-model.ts'
import { wakeIfResumed } from '../bulk/paused-batches.ts'
import type { ExportDeps, ExportEnd, ExportTerms } from './run-export-deps.ts'
import type { LeverOpportunity } from '../../lever/opportunities.ts'
import type { Lane, WaitedFor } from '../../lever/client.ts'

export type ClaimedExport = Claimed<ExportDocument>

export const HELD_LOOK_MS = 60_000
/** Longer, because there may be thousands of them. They are woken when they can continue, so this is only a fallback. */
export const HELD_BULK_LOOK_MS = 15 * 60_000

/** Returns when the tries of an export began, which must succeed within a day of it; now, for a first try. */
export function tryingSince(claimed: ClaimedExport, leaseMs: number): Date {
  return claimed.document.tryingSince ?? claimedAt(claimed, leaseMs)
}

/** Returns the lane of the request budget in which an export calls Lever. */
export function budgetLane({ lane }: Pick<ExportDocument, 'lane'>): Lane {
  return lane === BULK_LANE ? 'bulk' : 'interactive'
}

/**
 * Holds an export while the connection cannot export: a person must authorize again or end the pause. That wakes the export; as a fallback,
 * it comes due from time to time and only reads our own records.
 */
export async function hold(claimed: ClaimedExport, terms: Pick<ExportTerms, 'status'>, deps: ExportDeps): Promise<void> {
  const { document } = claimed
  if (terms.status === 'disconnected') return endDisconnected(claimed, deps)
  const status = document.status === 'unclear' ? 'unclear' : 'queued'
  const waitingFor = terms.status === 'paused' ? 'paused' : 'authorization'
  const isNew = document.waitingFor !== waitingFor
  await writeStep(ExportModel, claimed, {
    set: { status, waitingFor, tryingSince: null },
    unset: status === 'queued' ? ['personLock'] : [],
    ...(isNew ? { attempt: { step: 'wait', outcome: waitingFor } } : {}),
    release: document.lane === BULK_LANE ? HELD_BULK_LOOK_MS : HELD_LOOK_MS,
  })
}

/** Holds an export whose batch a person has paused. */
export async function holdForBatch(claimed: ClaimedExport): Promise<void> {
  await writeStep(ExportModel, claimed, {
    set: { status: 'queued', waitingFor: 'paused', tryingSince: null },
    unset: ['personLock'],
    release: 'never',
  })
  await wakeIfResumed(claimed.document)
}

/** Ends an export of a connection that has ended: an unclear one as `outcome_unknown`, any other as canceled. */
async function endDisconnected(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  if (claimed.document.status === 'unclear') {
    const detail = 'The connection ended before Fulcrum could check whether Lever has the export. Look for the person in Lever.'
    return fail(claimed, { code: 'outcome_unknown', detail }, deps, 'look')
  }
  await writeStep(ExportModel, claimed, {
    set: { status: 'canceled', waitingFor: null },
    unset: ['personLock', 'openKey'],
    now: ['finishedAt'],
    attempt: { step: 'wait', outcome: 'canceled', detail: 'the connection was ended' },
    release: 'never',
  })
  await ended(claimed, 'canceled', deps)
}

/** Tries the export again after a pause. For failures without an effect in Lever. */
export async function tryLater(
  claimed: ClaimedExport,
  why: { waitingFor: WaitingFor | null; pauseMs?: number; attempt?: Attempt },
): Promise<void> {
  const { document } = claimed
  const counts = why.attempt !== undefined && why.waitingFor !== 'budget'
  await writeStep(ExportModel, claimed, {
    set: { status: 'queued', waitingFor: why.waitingFor, tries: document.tries + (counts ? 1 : 0) },
    unset: ['personLock'],
    ...(why.attempt ? { attempt: why.attempt } : {}),
    release: why.pauseMs ?? pauseAfter(document.tries),
  })
}

/** Shows what a call of the export waits for, until its next step. */
export async function sayWait(claimed: ClaimedExport, waitingFor: WaitedFor, deps: ExportDeps): Promise<void> {
  await writeStep(ExportModel, claimed, { set: { waitingFor } }).catch((error: unknown) =>
    deps.log.debug({ export: String(claimed.document._id), err: error }, 'the waiting state could not be saved'),
  )
}

/** Marks an export that Lever may have: it rests, then a worker looks for it. The person stays locked in the meantime. */
export async function becomeUnclear(
  claimed: ClaimedExport,
  wish: { restMs: number; certain?: boolean; opportunityId?: string; resume?: ExportResume; attempt: Attempt },
): Promise<void> {
  const { certain, opportunityId, resume } = wish
  await writeStep(ExportModel, claimed, {
    set: {
      status: 'unclear',
      waitingFor: 'settling',
      ...(certain ? { 'intent.certain': true } : {}),
      ...(opportunityId ? { 'intent.opportunityId': opportunityId } : {}),
      ...(resume ? { resume } : {}),
    },
    attempt: wish.attempt,
    release: wish.restMs,
  })
}

/** Ends an export as failed. If Lever may still have it, its intent stays, and the person's next export looks for it first. */
export async function fail(
  claimed: ClaimedExport,
  failure: { code: string; detail: string },
  deps: ExportDeps,
  step = 'check',
): Promise<void> {
  await writeStep(ExportModel, claimed, {
    set: { status: 'failed', waitingFor: null, error: failure },
    unset: ['personLock', 'openKey'],
    now: ['finishedAt'],
    attempt: { step, outcome: failure.code, detail: failure.detail },
    release: 'never',
  })
  await ended(claimed, 'failed', deps, failure.code)
}

/** Ends an export because the person is already in Lever. */
export async function endAsDuplicate(claimed: ClaimedExport, duplicates: Duplicate[], deps: ExportDeps): Promise<void> {
  const main = mainDuplicate(duplicates)
  await writeStep(ExportModel, claimed, {
    set: {
      status: 'duplicate',
      waitingFor: null,
      intent: null,
      duplicateOf: main?.opportunityId ?? null,
      contactId: main?.contactId ?? null,
      url: main?.url ?? null,
      stage: main?.stage ?? null,
      confidential: main?.confidential ?? false,
    },
    unset: ['personLock', 'openKey'],
    now: ['finishedAt'],
    attempt: { step: 'check', outcome: 'duplicate', detail: `${duplicates.length} already in Lever` },
    release: 'never',
  })
  await ended(claimed, 'duplicate', deps)
}

/**
 * Ends an export that is in Lever, created or linked. The documents that show it and the audit trail are written first, so that a kill in
 * between leaves nothing in Lever unrecorded; if this is repeated, the documents are written again. `withResume`: the call that created the
 * opportunity contained the résumé.
 */
export async function land(
  claimed: ClaimedExport,
  where: { opportunity: LeverOpportunity; made: boolean; withResume?: boolean; attempt: Attempt },
  deps: ExportDeps,
): Promise<void> {
  const { document } = claimed
  const { opportunity, made } = where
  const organization = String(document.organization)
  const about = { organization, exportId: String(document._id), candidateId: String(document.candidate) }
  const isNew = where.attempt.step === 'send'
  const { stageText } = await deps.onLanded({ ...about, opportunity, isNew })
  const outcome = made ? 'exported' : 'linked'
  // after a call under the first claim, nothing can be recorded yet, unless another worker took over from one that slept; without a call,
  // the first claim may be lost with the primary and made again
  const isFirst = isNew && document.fence === 1 && leaseHolds(claimed)
  await deps.audit({ ...recordOf(document, outcome), ...(isFirst ? {} : { once: true }) })
  await writeStep(ExportModel, claimed, {
    set: {
      status: 'exported',
      waitingFor: null,
      error: null,
      intent: null,
      opportunityId: opportunity.id,
      ...(made ? { madeOpportunityId: opportunity.id } : { duplicateOf: opportunity.id, resume: null }),
      ...(where.withResume ? { resume: SENT_RESUME } : {}),
      contactId: opportunity.contact,
      url: opportunity.url,
      stage: opportunity.stage ? { id: opportunity.stage, text: stageText } : null,
      confidential: isConfidential(opportunity),
      tries: 0,
    },
    unset: ['personLock'],
    now: ['finishedAt', ...(document.note?.status === 'queued' ? ['tryingSince'] : [])],
    attempt: where.attempt,
    release: document.note?.status === 'queued' ? 0 : 'never',
  })
  deps.observe?.({ step: 'end', outcome })
}

/** Records the end of an export that created nothing in Lever. */
async function ended({ document }: ClaimedExport, outcome: ExportEnd, deps: ExportDeps, code?: string): Promise<void> {
  deps.observe?.({ step: 'end', outcome, ...(code === undefined ? {} : { code }) })
  await deps.audit({ ...recordOf(document, outcome), ...(code === undefined ? {} : { cause: code }) })
}

/** Returns the audit record for the end of an export. */
export function recordOf(document: ExportDocument, outcome: ExportEnd) {
  return {
    organization: String(document.organization),
    actor: 'worker',
    action: `export.${outcome}`,
    subject: `export:${String(document._id)}`,
    leverUser: document.performAs?.leverUserId ?? null,
  }
}
