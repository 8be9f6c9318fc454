import { isWebhookEvent } from '../connection/webhook-events.ts'
import { isNotShown } from '../lever/lever-call-error.ts'
import type { LeverClient } from '../lever/client.ts'
import { getOpportunity, type LeverOpportunity } from '../lever/opportunities.ts'
import { timeOfReading } from '../mirror/server-time.ts'
import type { Claimed } from '../work/claim.ts'
import { writeStep, type Step } from '../work/write-step.ts'
import { isListedAsDeleted, lookAgain } from './confirm-deletion.ts'
import { DeliveryModel, type DeliveryDocument } from './delivery-model.ts'
import { effectsOfDeletion, effectsOfReading, type Effect } from './delivery-effects.ts'
import { endAs, stepAfterFailure } from './step-after-failure.ts'
import type { WebhookDeps } from './webhook-deps.ts'

export type ClaimedDelivery = Claimed<DeliveryDocument>
export type ProcessDeps = Pick<WebhookDeps, 'connections' | 'mirror' | 'publish' | 'log' | 'observe'>

/**
 * Processes deliveries about one opportunity of one organization with a single read of it. `data` is not signed, so only ids are taken from
 * it. Lever's current state is correct whatever the order of the deliveries.
 * @throws LeaseLost if another worker has taken over
 */
export async function processDeliveries(deps: ProcessDeps, deliveries: ClaimedDelivery[]): Promise<void> {
  const stepFor = await decide(deps, deliveries)
  const settled = deliveries.map(async (claimed) => {
    const step = await stepFor(claimed.document)
    await writeStep(DeliveryModel, claimed, step)
    noteProcessed(deps, claimed, step)
  })
  const [lost] = (await Promise.allSettled(settled)).filter((result) => result.status === 'rejected')
  if (lost) throw lost.reason
}

type StepFor = (document: DeliveryDocument) => Step | Promise<Step>

async function decide(deps: ProcessDeps, deliveries: ClaimedDelivery[]): Promise<StepFor> {
  const known = deliveries.map(({ document }) => document).filter(({ event }) => isWebhookEvent(event))
  const ofUnknown = ignored('event_unknown', 'Fulcrum does not use this event.')
  const ofKnown = await readFor(deps, known).catch(
    (error: unknown): StepFor =>
      (document) =>
        stepAfterFailure(deps, document, error),
  )
  return (document) => (isWebhookEvent(document.event) ? ofKnown(document) : ofUnknown(document))
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

async function readFor(deps: ProcessDeps, deliveries: DeliveryDocument[]): Promise<StepFor> {
  const { organization, opportunityId } = deliveries[0] ?? {}
  if (!organization || !opportunityId) return ignored('opportunity_missing', 'The delivery names no opportunity.')
  const client = await deps.connections.leverClient(String(organization), 'webhook')
  const readAt = await timeOfReading()
  const opportunity = await readOpportunity(client, opportunityId)
  if (opportunity) return processed(await effectsOfReading(deps, String(organization), { opportunity, readAt, deliveries }))
  const saysDeleted = deliveries.filter(({ event }) => event === 'candidateDeleted')
  if (await isListedAsDeleted(client, opportunityId, saysDeleted))
    return processed(await effectsOfDeletion(deps, String(organization), opportunityId))
  const unknown = ignored(
    'opportunity_unknown',
    'Lever does not know the opportunity or does not show it to Fulcrum, and does not list it as deleted.',
  )
  return (document) => lookAgain(document) ?? unknown(document)
}

async function readOpportunity(client: LeverClient, id: string): Promise<LeverOpportunity | null> {
  try {
    return await getOpportunity(client, id, { expand: ['applications', 'stage'], lane: 'webhook' })
  } catch (error) {
    if (isNotShown(error)) return null
    throw error
  }
}

function processed(effects: Effect[]): StepFor {
  return ({ attempts }) => ({
    set: { status: 'processed', error: null, effects, attempts: attempts + 1 },
    attempt: { step: 'process', outcome: 'processed' },
    history: 'tries',
    release: 'never',
  })
}

function ignored(code: string, detail: string): (document: DeliveryDocument) => Step {
  return ({ attempts }) => endAs('ignored', { code, detail }, { attempts: attempts + 1 })
}
