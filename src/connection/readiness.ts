import type { ConnectionContext } from './connection-context.ts'
import type { ConnectionDocument } from './connection-model.ts'
import { GRANTED } from './grant.ts'
import { missingScopes } from './lever-access.ts'
import { isSilent } from './missed-changes.ts'
import { recommendedEvents, WEBHOOK_EVENTS, type WebhookEvent } from './webhook-events.ts'

export const MISSING = ['authorization', 'activeMapping'] as const
export type Missing = (typeof MISSING)[number]

/** What blocks activation, and nothing else does. */
export function missingOf({ status }: ConnectionDocument, mapping: { active: number }): Missing[] {
  const missing: Missing[] = []
  if (!GRANTED.includes(status)) missing.push('authorization')
  if (mapping.active === 0) missing.push('activeMapping')
  return missing
}

/** What is worth a look but blocks nothing: `webhook:<event>`, `webhookGroupOff:<event>`, `scope:<scope>`, `fallbackUserDeactivated`, `stageMissing`. */
export async function warningsOf(context: ConnectionContext, connection: ConnectionDocument): Promise<string[]> {
  const set = connection.settings.webhookSet
  const webhooks = recommendedEvents(set).filter((event) => !hasSignatureToken(connection, event))
  const granted = connection.auth.kind === 'oauth' ? (connection.auth.scopes ?? []) : null
  const scopes = granted ? missingScopes(set, granted) : []
  return [
    ...webhooks.map((event) => `webhook:${event}`),
    ...silentEvents(connection).map((event) => `webhookGroupOff:${event}`),
    ...scopes.map((scope) => `scope:${scope}`),
    ...(GRANTED.includes(connection.status) ? await settingWarnings(context, connection) : []),
  ]
}

/** Whether a delivery of `event` can be checked: by a token of its own, else by the account's single one. */
export function hasSignatureToken({ webhooks }: ConnectionDocument, event: string): boolean {
  return [webhooks[event], webhooks['any']].some((state) => Boolean(state?.hand ?? state?.api))
}

/** Events that Lever does not send although their webhook is configured: their switch in Lever is off, or the webhook is gone there. */
function silentEvents(connection: ConnectionDocument): WebhookEvent[] {
  if (!GRANTED.includes(connection.status)) return []
  return WEBHOOK_EVENTS.filter((event) => hasSignatureToken(connection, event) && isSilent(connection, event))
}

async function settingWarnings({ neighbours }: ConnectionContext, { organization, settings }: ConnectionDocument): Promise<string[]> {
  const id = String(organization)
  const warnings: string[] = []
  if (settings.performAsFallback) {
    const user = await neighbours.knownUserByEmail(id, settings.performAsFallback)
    if (!user || user.deactivatedAt) warnings.push('fallbackUserDeactivated')
  }
  if (settings.defaultStageId && !(await neighbours.stageIsKnown(id, settings.defaultStageId))) warnings.push('stageMissing')
  return warnings
}
