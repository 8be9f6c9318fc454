import { isServiceError, messageWithHint } from '../../errors.ts'
import type { LeverClient } from '../../lever/client.ts'
import { getOpportunity, type LeverOpportunity } from '../../lever/opportunities.ts'
import { LeaseLost } from '../../work/claim.ts'
import { claimedAt, hasGivenUp } from '../../work/try-again.ts'
import { writeStep } from '../../work/write-step.ts'
import { assessRights } from '../request/assess-export.ts'
import { resumeToSend } from './carried-resume.ts'
import { buildCreateRequest, linksOf } from '../request/create-request.ts'
import { isInLargeBatch } from '../export-burst.ts'
import { findDuplicates, mainDuplicate, type Duplicate, type MirrorTrust } from '../request/find-duplicates.ts'
import { ExportModel, type ExportDocument, type ExportIntent } from '../export-model.ts'
import { budgetLane, endAsDuplicate, fail, hold, holdForBatch, land, sayWait, tryLater, type ClaimedExport } from './export-steps.ts'
import { describeFailure, isGrantGone, isRefusal, pauseOf } from './lever-failure.ts'
import { GIVEN_UP_UNCLEAR } from './look-again.ts'
import { lockPerson } from './lock-person.ts'
import { chooseForIntent, lookForIntent } from './look-for-intent.ts'
import { isBatchPaused } from '../bulk/paused-batches.ts'
import { readBeside, resolveOlderIntents } from './resolve-older-intents.ts'
import type { ExportDeps, ExportTerms } from './run-export-deps.ts'
import { sendExport, type Attempted } from './send-export.ts'

/** Checks whether the export is still allowed and whether the person is already in Lever, then sends it. Writes nothing to Lever before. */
export async function checkAndSend(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  const { document } = claimed
  const organization = String(document.organization)
  const terms = await deps.readTerms(organization)
  if (terms.status !== 'active') return hold(claimed, terms, deps)
  if (await isBatchPaused(document)) return holdForBatch(claimed)
  if (hasGivenUp(claimed.document, claimedAt(claimed, deps.leaseMs))) return giveUp(claimed, deps)
  try {
    await assessAndSend(claimed, terms, deps)
  } catch (error) {
    await readFailed(claimed, error, deps)
  }
}

async function giveUp(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  if (claimed.document.intent) return fail(claimed, GIVEN_UP_UNCLEAR, deps)
  await fail(
    claimed,
    { code: 'lever_unavailable', detail: 'Lever did not accept the export for a day. Retry when Lever answers again.' },
    deps,
  )
}

async function assessAndSend(claimed: ClaimedExport, terms: ExportTerms, deps: ExportDeps): Promise<void> {
  const { document } = claimed
  const organization = String(document.organization)
  const wish = {
    organization,
    requestedBy: document.requestedBy,
    postingId: document.posting?.postingId,
    requisitionId: document.requisition?.requisitionId,
    clearance: 'all' as const, // the request checked what the caller may see
  }
  const { problems, performAs } = await assessRights(wish, deps.assess)
  const [problem] = problems
  if (problem || !performAs) return fail(claimed, { code: problem?.code ?? 'user_not_mapped', detail: sentence(problem) }, deps)
  const candidate = await deps.findCandidate(organization, String(document.candidate))
  if (!candidate) return endWithoutCandidate(claimed, deps)

  const person = { emails: candidate.emails, links: linksOf(candidate) }
  const pauseMs = await lockPerson(claimed, person, { status: 'checking', performAs, waitingFor: null }, deps)
  if (pauseMs > 0) return tryLater(claimed, { waitingFor: document.waitingFor ?? null, pauseMs })
  const client = terms.openClient(budgetLane(document), (forWhat) => void sayWait(claimed, forWhat, deps))
  const request = buildCreateRequest({
    apiUrl: terms.apiUrl,
    candidate,
    performAs: performAs.leverUserId,
    postingId: document.posting?.postingId ?? null,
    stageId: terms.stageId,
    sourceName: terms.sourceName,
    resume: resumeToSend(document, candidate),
  })
  await decide(claimed, { client, terms, candidate, request }, deps)
}

/** Ends an export whose candidate was erased in the meantime, and deletes what it stored about the person. */
async function endWithoutCandidate(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  await writeStep(ExportModel, claimed, { set: { intent: null }, unset: claimed.document.note ? ['note.text'] : [] })
  await fail(claimed, { code: 'candidate_not_found', detail: 'The candidate was deleted here.' }, deps)
}

function sentence(problem: Error | undefined): string {
  if (!problem) return ''
  return isServiceError(problem) ? messageWithHint(problem) : problem.message
}

/** Sends the export unless the person is already in Lever, through an earlier try of ours or through others. */
async function decide(claimed: ClaimedExport, attempted: Attempted, deps: ExportDeps): Promise<void> {
  const { document } = claimed
  const { client, terms, candidate } = attempted
  const organization = String(document.organization)
  const person = { emails: candidate.emails, links: linksOf(candidate) }
  const { canSeeConfidential } = terms
  const { older, isBurst } = await readBeside(document, person.emails)
  const trust = await mirrorTrust(document, isBurst)
  const search = await findDuplicates(
    { organization, person, client, canSeeConfidential, lane: budgetLane(document), trust },
    deps.duplicates,
  )
  await deps.keepOpportunities(organization, search.opportunities)

  const own = document.intent ? await findOwn(organization, document.intent, search.opportunities, { client, canSeeConfidential }) : null
  const mine = own ?? (await resolveOlderIntents(claimed, older, { client, canSeeConfidential }, deps))
  const withResume = own !== null && document.intent?.resume === true
  if (mine) return land(claimed, { opportunity: mine, made: true, withResume, attempt: { step: 'look', outcome: 'found' } }, deps)

  const { duplicates } = search
  if (duplicates.length > 0 && document.onDuplicate === 'stop') return endAsDuplicate(claimed, duplicates, deps)
  if (duplicates.length > 0 && document.onDuplicate === 'link')
    return linkTo(claimed, { duplicates, read: search.opportunities, client }, deps)
  const known = duplicates.map(({ opportunityId }) => opportunityId)
  await sendExport(claimed, attempted, known, deps)
}

/**
 * In a bulk, the mirror answers instead of Lever, so that an export costs one call; an opportunity to link to is still read from Lever.
 * If an earlier try may have created something, Lever is always asked.
 */
async function mirrorTrust(document: ExportDocument, isBurst: boolean): Promise<MirrorTrust> {
  if (document.intent || !(isBurst || (await isInLargeBatch(document)))) return 'never'
  return document.onDuplicate === 'link' ? 'forAbsence' : 'always'
}

/**
 * Resolves to the opportunity that an earlier try created. With an email, it is among the duplicates; otherwise Lever is asked once
 * more.
 */
async function findOwn(
  organization: string,
  intent: ExportIntent,
  found: LeverOpportunity[],
  lever: { client: LeverClient; canSeeConfidential: boolean },
): Promise<LeverOpportunity | null> {
  return intent.emails.length > 0 ? chooseForIntent(organization, intent, found) : lookForIntent(organization, intent, lever)
}

async function linkTo(
  claimed: ClaimedExport,
  { duplicates, read, client }: { duplicates: Duplicate[]; read: LeverOpportunity[]; client: LeverClient },
  deps: ExportDeps,
): Promise<void> {
  const id = mainDuplicate(duplicates)?.opportunityId ?? ''
  const opportunity = read.find((one) => one.id === id) ?? (await getOpportunity(client, id, { expand: ['applications', 'stage'] }))
  await land(claimed, { opportunity, made: false, attempt: { step: 'link', outcome: 'linked' } }, deps)
}

/** Handles a failed look-up, before anything was written to Lever. */
async function readFailed(claimed: ClaimedExport, error: unknown, deps: ExportDeps): Promise<void> {
  if (error instanceof LeaseLost) throw error
  if (isGrantGone(error)) return hold(claimed, await deps.readTerms(String(claimed.document.organization)), deps)
  if (!isServiceError(error)) throw error
  const attempt = { step: 'check', outcome: 'failed', detail: describeFailure(error) }
  if (!isRefusal(error)) return tryLater(claimed, { ...pauseOf(error), attempt })
  await fail(claimed, { code: 'lever_rejected', detail: describeFailure(error) }, deps)
}
