import { isConfidential } from '../../accounts/clearance.ts'
import type { Claimed } from '../../work/claim.ts'
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
/** There may be thousands of them, which are woken in time all the same. */
export const HELD_BULK_LOOK_MS = 15 * 60_000

/** The next try of an export begins the day within which it must come about. */
export function tryingSince(claimed: ClaimedExport, leaseMs: number): Date {
  return claimed.document.tryingSince ?? claimedAt(claimed, leaseMs)
}

/** In which lane of the budget it asks Lever. */
export function budgetLane({ lane }: Pick<ExportDocument, 'lane'>): Lane {
  return lane === BULK_LANE ? 'bulk' : 'interactive'
}

/**
 * The connection does not export now: waits for a person to authorize again or end the pause. Woken then, and looked at now and then
 * by our own records only.
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

/** A person has paused the batch it is of. */
export async function holdForBatch(claimed: ClaimedExport): Promise<void> {
  await writeStep(ExportModel, claimed, {
    set: { status: 'queued', waitingFor: 'paused', tryingSince: null },
    unset: ['personLock'],
    release: 'never',
  })
  await wakeIfResumed(claimed.document)
}

/** Nobody can look any more: what was unclear stays so, what had not begun is taken back. */
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

/** Nothing has happened in Lever; it is tried again after a pause. */
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

/** Shows what a call of it waits for; its next step takes that back. */
export async function sayWait(claimed: ClaimedExport, waitingFor: WaitedFor, deps: ExportDeps): Promise<void> {
  await writeStep(ExportModel, claimed, { set: { waitingFor } }).catch((error: unknown) =>
    deps.log.debug({ export: String(claimed.document._id), err: error }, 'the waiting state could not be saved'),
  )
}

/** It may stand in Lever: rest, then look. The person stays locked meanwhile. */
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

/** Ends it. What may stand in Lever all the same stays on record, and is looked for before the person's next export. */
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

/** Stopped: the person is in Lever already. */
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
 * It stands in Lever, made by this export or linked. The rows that show it and the audit trail are written first, and the rows again should
 * this be repeated: who is killed in between leaves nothing in Lever unrecorded.
 * `withResume`: the call that made it had the résumé in it.
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
  // under its first claim nothing can have been recorded before
  await deps.audit({ ...recordOf(document, outcome), ...(document.fence > 1 ? { once: true } : {}) })
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

/** Nothing came of it in Lever. */
async function ended({ document }: ClaimedExport, outcome: ExportEnd, deps: ExportDeps, code?: string): Promise<void> {
  deps.observe?.({ step: 'end', outcome, ...(code === undefined ? {} : { code }) })
  await deps.audit({ ...recordOf(document, outcome), ...(code === undefined ? {} : { cause: code }) })
}

/** How its end stands in the audit trail. */
export function recordOf(document: ExportDocument, outcome: ExportEnd) {
  return {
    organization: String(document.organization),
    actor: 'worker',
    action: `export.${outcome}`,
    subject: `export:${String(document._id)}`,
    leverUser: document.performAs?.leverUserId ?? null,
  }
}
