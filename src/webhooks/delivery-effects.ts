import type { LeverOpportunity } from '../lever/opportunities.ts'
import type { NotedEntry } from '../mirror/note-history.ts'
import type { DeliveryDocument, EffectName } from './delivery-model.ts'
import { interviewIdOf, parseWebhookBody } from './webhook-body.ts'
import type { WebhookDeps } from './webhook-deps.ts'

export interface Effect {
  effect: EffectName
  /** A stage's text, a Lever id, or a count. */
  detail: string | null
}

type EffectDeps = Pick<WebhookDeps, 'mirror' | 'publish' | 'log'>

export interface ReadingForDeliveries {
  opportunity: LeverOpportunity
  readAt: Date
  /** All deliveries that the reading was made for. */
  deliveries: readonly DeliveryDocument[]
}

/** Stores a reading and applies its consequences to the candidates here. May be repeated without duplicates. */
export async function effectsOfReading(deps: EffectDeps, organization: string, reading: ReadingForDeliveries): Promise<Effect[]> {
  const { opportunity, readAt, deliveries } = reading
  const { isNewest, isOurs, candidates, noted } = await deps.mirror.takeReading(organization, opportunity, readAt)
  const kept: Effect = { effect: isNewest ? 'mirrorUpdated' : 'mirrorWasNewer', detail: null }
  const interviews = !isOurs || opportunity.isAnonymized ? [] : await noteInterviews(deps, organization, deliveries)
  const updated: Effect[] = candidates > 0 ? [{ effect: 'candidatesUpdated', detail: String(candidates) }] : []
  return [kept, ...updated, ...[...noted, ...interviews].map(effectOf)]
}

/** Applies a deletion that Lever confirmed. May be repeated. */
export async function effectsOfDeletion({ publish, log }: EffectDeps, organization: string, opportunityId: string): Promise<Effect[]> {
  const unlinked = await publish('opportunityDeleted', { organization, opportunityId })
  log.info({ organization, opportunity: opportunityId }, 'opportunity deleted in Lever')
  const confirmed: Effect = { effect: 'deletionConfirmed', detail: null }
  return unlinked > 0 ? [confirmed, { effect: 'candidatesUnlinked', detail: String(unlinked) }] : [confirmed]
}

function effectOf({ kind, what }: NotedEntry): Effect {
  if (kind === 'stage' || kind === 'archived' || kind === 'unarchived') return { effect: `${kind}Noted`, detail: what }
  return { effect: 'interviewNoted', detail: what }
}

/** Publishes that an interview changed; its content is read where interviews are kept. */
async function noteInterviews(
  { mirror }: EffectDeps,
  organization: string,
  deliveries: readonly DeliveryDocument[],
): Promise<NotedEntry[]> {
  const noted: NotedEntry[] = []
  for (const { event, token, triggeredAt, payload, opportunityId } of deliveries) {
    if (!isInterviewEvent(event) || !opportunityId) continue
    const interviewId = payload ? (interviewIdOf(parseWebhookBody(JSON.parse(payload))) ?? null) : null
    noted.push(...(await mirror.noteInterview(organization, { opportunityId, kind: event, interviewId, at: triggeredAt, token })))
  }
  return noted
}

const INTERVIEW_EVENTS = ['interviewCreated', 'interviewUpdated', 'interviewDeleted'] as const

function isInterviewEvent(event: string): event is (typeof INTERVIEW_EVENTS)[number] {
  return (INTERVIEW_EVENTS as readonly string[]).includes(event)
}
