import type { LeverClient } from '../lever/client.ts'
import { createOpportunity } from '../lever/opportunities.ts'
import { classifyWriteError, isWorthAnotherTry } from '../lever/write-outcome.ts'
import { assertLeaseHolds, LeaseLost } from '../work/claim.ts'
import { writeStep } from '../work/write-step.ts'
import { linksOf, type CarriedCandidate, type CreateRequest } from './create-request.ts'
import { ExportModel } from './export-model.ts'
import { becomeUnclear, claimedAt, fail, hold, land, tryLater, type ClaimedExport } from './export-steps.ts'
import { describeFailure, isGrantGone, pauseOf } from './lever-failure.ts'
import type { ExportDeps, ExportTerms } from './run-export-deps.ts'

export interface Attempted {
  client: LeverClient
  terms: ExportTerms
  candidate: CarriedCandidate
  request: CreateRequest
}

/** The intent is durable before a byte goes out; the lease is checked in the tick before. */
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
    looks: 0,
  }
  const written = await writeStep(ExportModel, claimed, { set: { status: 'sending', intent }, now: ['intent.at'] })
  claimed.document.intent = written.intent ?? null
  try {
    const { opportunity: answered } = await createOpportunity(client, {
      performAs: request.query.perform_as,
      body: request.body,
      beforeSend: () => assertLeaseHolds(claimed),
      lane: 'interactive',
    })
    const opportunity = { ...answered, postingIds: request.body.postings ?? [] } // the answer names applications by id only
    await land(claimed, { opportunity, made: true, attempt: { step: 'send', outcome: 'done' } }, deps)
  } catch (error) {
    await sendFailed(claimed, error, deps)
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
  await writeStep(ExportModel, claimed, { set: { intent: null } })
  claimed.document.intent = null
  if (isGrantGone(error)) return hold(claimed, await deps.readTerms(String(claimed.document.organization)), deps)
  if (isWorthAnotherTry(error)) return tryLater(claimed, { ...pauseOf(error), attempt })
  await fail(claimed, { code: 'lever_rejected', detail: describeFailure(error) }, deps, 'send')
}
