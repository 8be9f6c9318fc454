import type { LeverClient } from '../lever/client.ts'
import { createOpportunity, type LeverOpportunity } from '../lever/opportunities.ts'
import { classifyWriteError, isWorthAnotherTry } from '../lever/write-outcome.ts'
import { assertLeaseHolds, LeaseLost } from '../work/claim.ts'
import { writeStep } from '../work/write-step.ts'
import { linksOf, type CarriedCandidate, type CreateRequest } from './create-request.ts'
import { ExportModel } from './export-model.ts'
import { becomeUnclear, claimedAt, fail, hold, land, tryLater, type ClaimedExport } from './export-steps.ts'
import { describeFailure, isGrantGone, pauseOf } from './lever-failure.ts'
import type { ExportDeps, ExportTerms } from './run-export-deps.ts'

/** A wait for the budget is shown when it is longer than this. */
const SHOWN_AFTER_MS = 1000
const SAVE_AGAIN_MS = 1000

export interface Attempted {
  client: LeverClient
  terms: ExportTerms
  candidate: CarriedCandidate
  request: CreateRequest
}

/** The intent is durable once the call's turn has come and before a byte goes out; the lease is checked in the tick before. */
export async function sendExport(
  claimed: ClaimedExport,
  { client, request, candidate }: Attempted,
  knownOpportunityIds: string[],
  deps: ExportDeps,
): Promise<void> {
  const { document } = claimed
  const intent = {
    at: claimedAt(claimed, deps.leaseMs),
    performAs: request.query.perform_as,
    source: request.body.sources?.[0] ?? '',
    postingId: document.posting?.postingId ?? null,
    name: candidate.name,
    emails: candidate.emails,
    links: linksOf(candidate),
    knownOpportunityIds,
    certain: false,
    opportunityId: null,
    looks: 0,
  }
  const saysWhy = setTimeout(() => void sayBudget(claimed, deps), SHOWN_AFTER_MS)
  const prepare = async (): Promise<void> => {
    clearTimeout(saysWhy)
    await writeStep(ExportModel, claimed, { set: { status: 'sending', intent, waitingFor: null }, now: ['intent.at'] })
  }
  const beforeSend = (): void => assertLeaseHolds(claimed)
  try {
    const { opportunity } = await createOpportunity(client, {
      performAs: request.query.perform_as,
      body: request.body,
      prepare,
      beforeSend,
      lane: 'interactive',
    })
    const postingIds = request.body.postings ?? [] // the answer names applications by id only
    await landOrRest(claimed, { ...opportunity, postingIds }, deps)
  } catch (error) {
    await sendFailed(claimed, error, deps)
  } finally {
    clearTimeout(saysWhy)
  }
}

async function sayBudget(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  await writeStep(ExportModel, claimed, { set: { waitingFor: 'budget' } }).catch((error: unknown) =>
    deps.log.debug({ export: String(claimed.document._id), err: error }, 'that it waits could not be shown'),
  )
}

/** Lever has it, and said which: what goes wrong from here on must not lose that. */
async function landOrRest(claimed: ClaimedExport, opportunity: LeverOpportunity, deps: ExportDeps): Promise<void> {
  try {
    await land(claimed, { opportunity, made: true, attempt: { step: 'send', outcome: 'done' } }, deps)
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    deps.log.warn({ export: String(claimed.document._id), err: error }, 'export: Lever has it, saving that failed; it is read again')
    const attempt = { step: 'save', outcome: 'failed', detail: 'Lever has it; it is read again' }
    await becomeUnclear(claimed, { restMs: SAVE_AGAIN_MS, certain: true, opportunityId: opportunity.id, attempt }).catch(
      (unsaved: unknown) => {
        throw new LeaseLost(String(claimed.document._id), { cause: unsaved })
      },
    )
  }
}

async function sendFailed(claimed: ClaimedExport, error: unknown, deps: ExportDeps): Promise<void> {
  if (error instanceof LeaseLost) throw error
  const outcome = classifyWriteError(error)
  const attempt = { step: 'send', outcome, detail: describeFailure(error) }
  deps.log.info(
    { export: String(claimed.document._id), organization: String(claimed.document.organization), outcome, err: error },
    'export: the create call failed',
  )
  if (outcome === 'doneIdUnknown') return becomeUnclear(claimed, { restMs: deps.settleMs, certain: true, attempt })
  if (outcome === 'unclear') return becomeUnclear(claimed, { restMs: deps.settleMs, attempt })
  // what an earlier try may have made is still to be looked for
  await writeStep(ExportModel, claimed, { set: { intent: claimed.document.intent ?? null } })
  if (isGrantGone(error)) return hold(claimed, await deps.readTerms(String(claimed.document.organization)), deps)
  if (isWorthAnotherTry(error)) return tryLater(claimed, { ...pauseOf(error), attempt })
  await fail(claimed, { code: 'lever_rejected', detail: describeFailure(error) }, deps, 'send')
}
