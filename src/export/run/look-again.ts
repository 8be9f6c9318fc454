import { isServiceError } from '../../errors.ts'
import type { LeverClient } from '../../lever/client.ts'
import { getOpportunity, type LeverOpportunity } from '../../lever/opportunities.ts'
import { LeaseLost } from '../../work/claim.ts'
import { claimedAt, hasGivenUp } from '../../work/try-again.ts'
import { writeStep } from '../../work/write-step.ts'
import { completeExport } from './complete-export.ts'
import { ExportModel } from '../export-model.ts'
import { budgetLane, fail, hold, land, tryLater, type ClaimedExport } from './export-steps.ts'
import { describeFailure, isGrantGone, pauseOf } from './lever-failure.ts'
import { lockPerson } from './lock-person.ts'
import { lookForIntent } from './look-for-intent.ts'
import type { ExportDeps } from './run-export-deps.ts'

/** An export is posted again after this many looks that found nothing. */
const LOOKS_BEFORE_POST = 3

export const GIVEN_UP_UNCLEAR = {
  code: 'outcome_unknown',
  detail: 'Lever may have the export, but did not show it for a day. Look for the person in Lever; a retry looks again before it sends.',
} as const

/**
 * Looks for the opportunity that an unclear POST may have created. After several looks that found nothing, the export is posted again. If
 * the connection is ending, Fulcrum looks once more, as long as a grant exists.
 */
export async function lookAgain(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  const { document } = claimed
  const { intent } = document
  if (!intent) return tryLater(claimed, { waitingFor: null, pauseMs: 0 })
  const organization = String(document.organization)
  const terms = await deps.readTerms(organization)
  const isEnding = terms.status === 'disconnected'
  if (terms.status !== 'active' && terms.status !== 'paused' && !isEnding) return hold(claimed, terms, deps)
  const pauseMs = await lockPerson(claimed, intent, {}, deps)
  if (pauseMs > 0) {
    await writeStep(ExportModel, claimed, { release: pauseMs })
    return
  }
  try {
    const client = isEnding ? deps.remainingClient(organization) : terms.openClient(budgetLane(document))
    const lever = { client, canSeeConfidential: terms.canSeeConfidential }
    const opportunity = intent.opportunityId ? await read(client, intent.opportunityId) : await lookForIntent(organization, intent, lever)
    if (opportunity) {
      const completed = await completeExport(claimed, opportunity, { client, terms }, deps)
      return await land(claimed, { opportunity, made: true, ...completed, attempt: { step: 'look', outcome: 'found' } }, deps)
    }
    await (isEnding ? hold(claimed, terms, deps) : notFound(claimed, deps))
  } catch (error) {
    await lookFailed(claimed, error, deps)
  }
}

async function read(client: LeverClient, id: string): Promise<LeverOpportunity> {
  return getOpportunity(client, id, { expand: ['applications', 'stage'] })
}

async function notFound(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  const { document } = claimed
  const looks = (document.intent?.looks ?? 0) + 1
  const attempt = { step: 'look', outcome: 'not found', detail: `look ${looks}` }
  if (hasGivenUp(claimed.document, claimedAt(claimed, deps.leaseMs))) return fail(claimed, GIVEN_UP_UNCLEAR, deps, 'look')
  if (looks < LOOKS_BEFORE_POST || document.intent?.certain) {
    const restMs = deps.settleMs * 2 ** Math.min(looks, 6)
    await writeStep(ExportModel, claimed, { set: { 'intent.looks': looks, waitingFor: 'settling' }, attempt, release: restMs })
    return
  }
  await tryLater(claimed, { waitingFor: null, pauseMs: 0, attempt })
}

async function lookFailed(claimed: ClaimedExport, error: unknown, deps: ExportDeps): Promise<void> {
  if (error instanceof LeaseLost) throw error
  if (isGrantGone(error)) return hold(claimed, await deps.readTerms(String(claimed.document.organization)), deps)
  if (!isServiceError(error)) throw error
  if (hasGivenUp(claimed.document, claimedAt(claimed, deps.leaseMs))) return fail(claimed, GIVEN_UP_UNCLEAR, deps, 'look')
  const { document } = claimed
  const { waitingFor, pauseMs } = pauseOf(error)
  await writeStep(ExportModel, claimed, {
    set: { waitingFor, tries: document.tries + 1 },
    attempt: { step: 'look', outcome: 'failed', detail: describeFailure(error) },
    release: pauseMs ?? deps.settleMs,
  })
}
