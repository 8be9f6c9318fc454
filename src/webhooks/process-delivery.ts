import { isWebhookEvent } from '../connection/webhook-events.ts'
import { isServiceError } from '../errors.ts'
import { isLeverStatus, LeverCallError } from '../lever/lever-call-error.ts'
import type { LeverClient } from '../lever/client.ts'
import { getOpportunity, listDeletedOpportunities, type LeverOpportunity } from '../lever/opportunities.ts'
import type { Claimed } from '../work/claim.ts'
import { writeStep, type Step } from '../work/write-step.ts'
import { DeliveryModel, type DeliveryDocument } from './delivery-model.ts'
import type { WebhookDeps } from './webhook-deps.ts'

export type ClaimedDelivery = Claimed<DeliveryDocument>
export type ProcessDeps = Pick<WebhookDeps, 'connections' | 'mirror' | 'candidates' | 'onOpportunityDeleted' | 'log' | 'observe'>

const MOST_ATTEMPTS = 10
const FIRST_PAUSE_MS = 2000
const LONGEST_PAUSE_MS = 10 * 60_000
/** Looks again this often whether Lever may be called; a new authorization wakes it sooner. */
const UNAUTHORIZED_PAUSE_MS = 60_000
const BUSY_PAUSE_MS = 5000
/** Lever's clock and ours may differ, and a delivery may be late. */
const DELETED_OVERLAP_MS = 24 * 3_600_000

/**
 * Processes deliveries about one opportunity of one organization by one reading of it: `data` is not signed, so nothing but the
 * id is taken from it, and what Lever says now is true whatever the order of the deliveries.
 * @throws LeaseLost when another worker has taken over
 */
export async function processDeliveries(deps: ProcessDeps, deliveries: ClaimedDelivery[]): Promise<void> {
  const stepFor = await decide(deps, deliveries)
  const settled = deliveries.map(async (claimed) => {
    const step = await stepFor(claimed)
    await writeStep(DeliveryModel, claimed, step)
    noteProcessed(deps, claimed, step)
  })
  const [lost] = (await Promise.allSettled(settled)).filter((result) => result.status === 'rejected')
  if (lost) throw lost.reason
}

async function decide(deps: ProcessDeps, deliveries: ClaimedDelivery[]): Promise<(claimed: ClaimedDelivery) => Promise<Step>> {
  try {
    const { status, error } = await outcomeOf(deps, deliveries)
    return async ({ document }) => ({ set: { status, error, attempts: document.attempts + 1 }, release: 'never' })
  } catch (error) {
    return async (claimed) => stepAfter(deps, claimed, error)
  }
}

function noteProcessed(deps: ProcessDeps, { document }: ClaimedDelivery, { set }: Step): void {
  const { _id, organization, event, opportunityId } = document
  const outcome = (set?.['status'] as 'processed' | 'ignored' | 'failed' | undefined) ?? 'retried'
  deps.observe?.({ step: 'process', outcome, event: isWebhookEvent(event) ? event : 'other' })
  if (outcome !== 'processed' && outcome !== 'ignored') return
  deps.log.info(
    { organization: String(organization), delivery: String(_id), event, opportunity: opportunityId, outcome },
    'delivery processed',
  )
}

interface Outcome {
  status: 'processed' | 'ignored'
  error: { code: string; detail: string } | null
}

async function outcomeOf(deps: ProcessDeps, deliveries: ClaimedDelivery[]): Promise<Outcome> {
  const known = deliveries.map(({ document }) => document).filter(({ event }) => isWebhookEvent(event))
  const { organization, opportunityId } = known[0] ?? {}
  if (!organization) return ignored('event_unknown', 'The event is none of those that are used here.')
  if (!opportunityId) return ignored('opportunity_missing', 'The delivery names no opportunity.')
  const client = await deps.connections.leverClient(String(organization), 'webhook')
  const readAt = new Date()
  const opportunity = await readOpportunity(client, opportunityId)
  if (opportunity) return keep(deps, String(organization), opportunity, readAt)
  if (await isListedAsDeleted(client, opportunityId, known)) return forget(deps, String(organization), opportunityId)
  return ignored('opportunity_unknown', 'Lever does not know the opportunity, or does not show it to us, and does not list it as deleted.')
}

async function readOpportunity(client: LeverClient, id: string): Promise<LeverOpportunity | null> {
  try {
    return await getOpportunity(client, id, { expand: ['applications', 'stage'], lane: 'webhook' })
  } catch (error) {
    if (isLeverStatus(error, 404)) return null
    throw error
  }
}

async function keep(deps: ProcessDeps, organization: string, opportunity: LeverOpportunity, readAt: Date): Promise<Outcome> {
  await deps.mirror.recordOpportunity(organization, opportunity, readAt)
  const state = await deps.mirror.opportunityState(organization, opportunity)
  await deps.candidates.applyLeverState(organization, opportunity.id, state)
  return { status: 'processed', error: null }
}

/** A 404 alone proves nothing: a key of another account or a lost right to see confidential data looks the same. */
async function isListedAsDeleted(client: LeverClient, id: string, deliveries: DeliveryDocument[]): Promise<boolean> {
  const saysDeleted = deliveries.filter(({ event }) => event === 'candidateDeleted')
  if (saysDeleted.length === 0) return false
  const first = Math.min(...saysDeleted.flatMap(({ triggeredAt, receivedAt }) => [triggeredAt.getTime(), receivedAt.getTime()]))
  const deletedAtStart = Math.max(0, first - DELETED_OVERLAP_MS)
  for await (const deleted of listDeletedOpportunities(client, { deletedAtStart, lane: 'webhook' })) {
    if (deleted.id === id) return true
  }
  return false
}

async function forget(deps: ProcessDeps, organization: string, opportunityId: string): Promise<Outcome> {
  for (const handler of deps.onOpportunityDeleted) await handler(organization, opportunityId)
  await deps.candidates.unlinkOpportunity(organization, opportunityId)
  deps.log.info({ organization, opportunity: opportunityId }, 'opportunity deleted in Lever')
  return { status: 'processed', error: null }
}

/** What becomes of a delivery whose processing ended in `error`. */
async function stepAfter(deps: ProcessDeps, { document }: ClaimedDelivery, error: unknown): Promise<Step> {
  const organization = String(document.organization)
  if (isServiceError(error, 'connection_not_active')) {
    const { status } = await deps.connections.get(organization)
    if (status === 'disconnected')
      return { set: ignored('connection_not_active', 'The organization is not connected to Lever any more.'), release: 'never' }
    return { release: UNAUTHORIZED_PAUSE_MS }
  }
  if (isLeverStatus(error, 429) || isLeverStatus(error, 503)) return { release: Math.max(error.retryAfterMs ?? 0, BUSY_PAUSE_MS) }

  const attempts = document.attempts + 1
  const failure = isServiceError(error)
    ? { code: error.code, detail: error.message }
    : { code: 'internal_error', detail: 'Something went wrong on our side.' }
  const mayHelp = !(error instanceof LeverCallError) || error.code === 'lever_unavailable' || isLeverStatus(error, 401)
  deps.log.warn({ err: error, organization, delivery: String(document._id), attempts }, 'delivery not processed')
  if (attempts >= MOST_ATTEMPTS || !mayHelp) return { set: { status: 'failed', attempts, error: failure }, release: 'never' }
  return { set: { attempts, error: failure }, release: pauseAfter(attempts) }
}

/** Grows with the attempts, with jitter, so that many do not come back at once. */
function pauseAfter(attempts: number): number {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1))
  return ceiling / 2 + Math.random() * (ceiling / 2)
}

function ignored(code: string, detail: string): Outcome & Record<string, unknown> {
  return { status: 'ignored', error: { code, detail } }
}
