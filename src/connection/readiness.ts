import type { ConnectionContext } from './connection-context.ts'
import type { ConnectionDocument, ConnectionStatus } from './connection-model.ts'
import { isAnyGranted } from './feature-state.ts'
import { GRANTED } from './grant.ts'
import { missingScopes, neededPermissions, recommendedEvents } from './lever-access.ts'
import { isSilent } from './missed-changes.ts'
import { WEBHOOK_EVENTS, type WebhookEvent } from './webhook-events.ts'

export const MISSING = ['authorization', 'activeMapping'] as const
export type Missing = (typeof MISSING)[number]

/** Returns everything that blocks activation. An authorization that covers none of the features counts as missing. */
export function missingOf(connection: ConnectionDocument, mapping: { active: number }): Missing[] {
  const missing: Missing[] = []
  if (!isAnyGranted(connection)) missing.push('authorization')
  if (mapping.active === 0) missing.push('activeMapping')
  return missing
}

/** Returns the status for display. A connection for which Lever would refuse everything is never shown as active. */
export function shownStatus(connection: ConnectionDocument): ConnectionStatus {
  return connection.status === 'active' && !isAnyGranted(connection) ? 'configuring' : connection.status
}

/**
 * Returns warnings, which block nothing: `webhook:<event>`, `webhookGroupOff:<event>`, `scope:<scope>`,
 * `permission:<permission>` of an API key, `fallbackUserDeactivated`, `stageMissing`.
 */
export async function warningsOf(context: ConnectionContext, connection: ConnectionDocument): Promise<string[]> {
  const { auth, settings } = connection
  const webhooks = recommendedEvents(settings).filter((event) => !hasSignatureToken(connection, event))
  const scopes = auth.kind === 'oauth' ? missingScopes(settings, auth.scopes ?? []) : []
  const permissions = neededPermissions(settings).filter(({ name }) => auth.lackedPermissions?.includes(name))
  return [
    ...webhooks.map((event) => `webhook:${event}`),
    ...silentEvents(connection).map((event) => `webhookGroupOff:${event}`),
    ...scopes.map((scope) => `scope:${scope}`),
    ...permissions.map(({ name }) => `permission:${name}`),
    ...(GRANTED.includes(connection.status) ? await settingWarnings(context, connection) : []),
  ]
}

/** True if a delivery of `event` can be verified: with the event's own token, or with the single token of the account. */
export function hasSignatureToken({ webhooks }: ConnectionDocument, event: string): boolean {
  return [webhooks[event], webhooks['any']].some((state) => Boolean(state?.hand ?? state?.api))
}

/**
 * Returns events that Lever does not send although their webhook is configured: they are switched off in Lever, or
 * the webhook is gone there.
 */
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
