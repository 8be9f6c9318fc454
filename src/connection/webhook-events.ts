/**
 * The eight events that the service handles, by Lever's API name, with the label on Lever's settings page (Lever's
 * help center).
 */
const LABELS = {
  applicationCreated: 'Application Created',
  candidateStageChange: 'Candidate Stage Change',
  candidateArchiveChange: 'Candidate Archive State Change',
  candidateHired: 'Candidate Hired',
  candidateDeleted: 'Candidate Deleted',
  interviewCreated: 'Interview Created',
  interviewUpdated: 'Interview Updated',
  interviewDeleted: 'Interview Deleted',
} as const

export type WebhookEvent = keyof typeof LABELS
/** `any` is the single signing token that older Lever accounts have for all events (Lever's help center). */
export type SignatureTokenPlace = WebhookEvent | 'any'

export const WEBHOOK_EVENTS = Object.keys(LABELS) as readonly WebhookEvent[]

/** Events that Lever filters by an opportunity's origin; the others refuse `configuration.conditions` (Lever's API documentation). */
const ORIGIN_EVENTS: readonly WebhookEvent[] = ['applicationCreated', 'candidateStageChange', 'candidateArchiveChange', 'candidateHired']

export function labelOf(event: WebhookEvent): string {
  return LABELS[event]
}

export function isWebhookEvent(name: string): name is WebhookEvent {
  return Object.hasOwn(LABELS, name)
}

export function isSignatureTokenPlace(name: string): name is SignatureTokenPlace {
  return name === 'any' || isWebhookEvent(name)
}

export function takesOrigins(event: WebhookEvent): boolean {
  return ORIGIN_EVENTS.includes(event)
}
