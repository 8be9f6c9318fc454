import { messageWithHint } from '../../errors.ts'
import type { LeverClient } from '../../lever/client.ts'
import { createOpportunity, type LeverOpportunity } from '../../lever/opportunities.ts'
import { classifyWriteError } from '../../lever/write-outcome.ts'
import { assertLeaseHolds, LeaseLost } from '../../work/claim.ts'
import { claimedAt } from '../../work/try-again.ts'
import { writeStep } from '../../work/write-step.ts'
import { doubtedResume, isResumeRefusal, missingResume, refusedResume, uploadOf } from './carried-resume.ts'
import { isWhole, unreadOf } from './complete-export.ts'
import { linksOf, type CarriedCandidate, type CarriedResume, type CreateRequest } from '../request/create-request.ts'
import { ExportModel, type ExportIntent } from '../export-model.ts'
import { becomeUnclear, budgetLane, fail, hold, land, tryLater, type ClaimedExport } from './export-steps.ts'
import { describeFailure, isGrantGone, isRefusal, pauseOf } from './lever-failure.ts'
import { performerProblem } from './performer-problem.ts'
import type { ExportDeps, ExportTerms } from './run-export-deps.ts'

const SAVE_AGAIN_MS = 1000

export interface Attempted {
  client: LeverClient
  terms: ExportTerms
  candidate: CarriedCandidate
  request: CreateRequest
}

/**
 * Sends the export. The intent becomes durable when it is the call's turn and before any byte goes out; the lease is checked in the tick
 * before. If Lever clearly refuses a call with a résumé, it is made once more without it.
 */
export async function sendExport(
  claimed: ClaimedExport,
  attempted: Attempted,
  knownOpportunityIds: string[],
  deps: ExportDeps,
): Promise<void> {
  const { client, request, terms } = attempted
  const isApart = request.resume !== null && terms.formsUnread
  const resume = request.resume && !isApart && (await uploadOf(String(claimed.document.organization), request.resume, deps))
  if (request.resume && !isApart && !resume) return resumeIsGone(claimed, request.resume)
  const intent = intentOf(claimed, attempted, knownOpportunityIds, deps)
  const prepare = async (): Promise<void> => {
    const set = { status: 'sending', intent, waitingFor: null }
    await writeStep(ExportModel, claimed, { set, now: ['intent.at'], unlessErased: true, unlessLost: 'personLock' })
  }
  const beforeSend = (): void => assertLeaseHolds(claimed)
  try {
    const { opportunity } = await createOpportunity(client, {
      performAs: request.query.perform_as,
      body: request.body,
      ...(resume ? { resume } : {}),
      prepare,
      beforeSend,
      lane: budgetLane(claimed.document),
    })
    deps.observe?.({ step: 'send', outcome: 'done' })
    const postingIds = request.body.postings ?? [] // the answer has only ids of applications
    if (isApart || (resume && !isWhole(unreadOf(request.body, opportunity)))) return await restToComplete(claimed, opportunity)
    await landOrRest(claimed, { ...opportunity, postingIds }, request.resume !== null, deps)
  } catch (error) {
    await sendFailed(claimed, { attempted, knownOpportunityIds }, error, deps)
  }
}

function intentOf(
  claimed: ClaimedExport,
  { request, candidate, terms }: Attempted,
  knownOpportunityIds: string[],
  { leaseMs }: ExportDeps,
): ExportIntent {
  return {
    at: claimedAt(claimed, leaseMs),
    performAs: request.query.perform_as,
    source: request.body.sources?.[0] ?? '',
    postingId: claimed.document.posting?.postingId ?? null,
    name: candidate.name,
    emails: candidate.emails,
    links: linksOf(candidate),
    knownOpportunityIds,
    certain: false,
    opportunityId: null,
    resume: request.resume !== null && !terms.formsUnread,
    resumeApart: request.resume !== null && terms.formsUnread,
    completingAt: null,
    looks: 0,
  }
}

/** The résumé was replaced or deleted after the candidate was read: checks the export again, with the résumé that the candidate has now. */
async function resumeIsGone(claimed: ClaimedExport, { file }: CarriedResume): Promise<void> {
  const resume = missingResume(file)
  await writeStep(ExportModel, claimed, { set: { resume } })
  await tryLater(claimed, { waitingFor: null, pauseMs: 0, attempt: { step: 'check', outcome: 'failed', detail: resume.detail ?? null } })
}

/**
 * Called if Lever has created the opportunity, but without the résumé or without parts of the form. The next step reads and completes it,
 * even after a crash.
 */
async function restToComplete(claimed: ClaimedExport, { id }: LeverOpportunity): Promise<void> {
  const attempt = { step: 'send', outcome: 'done', detail: 'Created in Lever; adding what is missing' }
  try {
    await becomeUnclear(claimed, { restMs: 0, certain: true, opportunityId: id, attempt })
  } catch (error) {
    throw error instanceof LeaseLost ? error : new LeaseLost(String(claimed.document._id), { cause: error })
  }
}

/** Lever has created the opportunity and returned its id, which no later failure may lose. */
async function landOrRest(claimed: ClaimedExport, opportunity: LeverOpportunity, withResume: boolean, deps: ExportDeps): Promise<void> {
  try {
    await land(claimed, { opportunity, made: true, withResume, attempt: { step: 'send', outcome: 'done' } }, deps)
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    deps.log.warn({ export: String(claimed.document._id), err: error }, 'export: Lever has it, but saving that failed; reading it again')
    const attempt = { step: 'save', outcome: 'failed', detail: 'Lever has it; reading it again' }
    await becomeUnclear(claimed, { restMs: SAVE_AGAIN_MS, certain: true, opportunityId: opportunity.id, attempt }).catch(
      (unsaved: unknown) => {
        throw new LeaseLost(String(claimed.document._id), { cause: unsaved })
      },
    )
  }
}

interface Sending {
  attempted: Attempted
  knownOpportunityIds: string[]
}

async function sendFailed(claimed: ClaimedExport, sending: Sending, error: unknown, deps: ExportDeps): Promise<void> {
  if (error instanceof LeaseLost) throw error
  const outcome = classifyWriteError(error)
  const attempt = { step: 'send', outcome, detail: describeFailure(error) }
  deps.observe?.({ step: 'send', outcome })
  deps.log.info(
    { export: String(claimed.document._id), organization: String(claimed.document.organization), outcome, err: error },
    'export: the create call failed',
  )
  if (outcome === 'doneIdUnknown') return becomeUnclear(claimed, { restMs: deps.settleMs, certain: true, attempt })
  const { resume } = sending.attempted.request
  if (outcome === 'unclear') {
    const doubted = resume ? { resume: doubtedResume(claimed.document, resume, error) } : {}
    return becomeUnclear(claimed, { restMs: deps.settleMs, ...doubted, attempt })
  }
  const gone = await performerProblem(claimed.document, error, deps)
  // an earlier try may have created something that still has to be looked for
  const earlier = { intent: claimed.document.intent ?? null }
  if (resume && !gone && isResumeRefusal(error)) {
    await writeStep(ExportModel, claimed, { set: { ...earlier, resume: refusedResume(resume, error) }, attempt })
    return sendWithoutResume(claimed, sending, deps)
  }
  await writeStep(ExportModel, claimed, { set: earlier })
  if (gone) return fail(claimed, { code: gone.code, detail: messageWithHint(gone) }, deps, 'send')
  if (isGrantGone(error)) return hold(claimed, await deps.readTerms(String(claimed.document.organization)), deps)
  if (!isRefusal(error)) return tryLater(claimed, { ...pauseOf(error), attempt })
  await fail(claimed, { code: 'lever_rejected', detail: describeFailure(error) }, deps, 'send')
}

function sendWithoutResume(claimed: ClaimedExport, { attempted, knownOpportunityIds }: Sending, deps: ExportDeps): Promise<void> {
  const request = { ...attempted.request, resume: null }
  return sendExport(claimed, { ...attempted, request }, knownOpportunityIds, deps)
}
