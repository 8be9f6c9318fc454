import { z } from 'zod'
import { isServiceError, ServiceError } from '../errors.ts'
import { deleteWebhook } from '../lever/webhooks.ts'
import type { Log } from '../log.ts'
import { subjectOf, type ConnectionContext } from './connection-context.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import { getConnection } from './find-connection.ts'
import { isSignatureTokenPlace, WEBHOOK_EVENTS, type SignatureTokenPlace, type WebhookEvent } from './webhook-events.ts'

/** A secret as it is pasted: Lever's are 48 hex digits (recorded answer), older ones unknown. */
export const SignatureTokenText = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[!-~]+$/, 'must be printable ASCII without white space')

const DURABLE = { writeConcern: { w: 'majority', j: true } } as const

/** @throws ServiceError `not_found` for an event that is none of the eight, nor `any` */
export function requirePlace(name: string): SignatureTokenPlace {
  if (isSignatureTokenPlace(name)) return name
  throw new ServiceError('not_found', 'There is no such webhook event.', { hint: 'GET /connection lists them.' })
}

/**
 * Keeps the signature token of a webhook made by hand, in place of an earlier one by hand; then what is held for want of it is released.
 * Lever's webhooks may be set up in any order, so the connection's status does not matter.
 */
export async function putSignatureToken(
  context: ConnectionContext,
  organization: string,
  entry: { place: SignatureTokenPlace; token: string },
  actor: string,
): Promise<void> {
  const { place, token } = entry
  const connection = await getConnection(organization)
  const sealed = context.secrets.seal(organization, `webhooks.${place}.hand`, token)
  const $set = { [`webhooks.${place}.hand`]: { token: sealed, savedAt: new Date() } }
  const isSame = signatureTokensFor(context, connection, place).includes(token)
  const $unset = isSame ? {} : marksOfEarlierToken(connection, place, 'hand')
  await ConnectionModel.updateOne({ _id: connection._id }, { $set, $unset }, DURABLE)
  await context.audit.append({
    organization,
    actor,
    action: 'connection.signatureTokenSaved',
    subject: `${subjectOf(connection)}/${place}`,
  })
  await context.publish('signatureTokenSaved', { organization, place })
}

/** Keeps the token that Lever returned when we made a webhook; it is shown only then (recorded answer). */
export async function keepProvisionedToken(
  context: ConnectionContext,
  connection: ConnectionDocument,
  webhook: { event: SignatureTokenPlace; id: string; signatureToken: string },
): Promise<void> {
  const field = `webhooks.${webhook.event}.api` as const
  const token = context.secrets.seal(String(connection.organization), field, webhook.signatureToken)
  await ConnectionModel.updateOne(
    { _id: connection._id },
    {
      $set: { [field]: { token, leverWebhookId: webhook.id, savedAt: new Date() } },
      $unset: marksOfEarlierToken(connection, webhook.event, 'api'),
    },
    DURABLE,
  )
  await context.publish('signatureTokenSaved', { organization: String(connection.organization), place: webhook.event })
}

/**
 * Forgets both tokens for one event and removes our own webhook in Lever, that first: one left behind would send what nobody can check.
 * @throws LeverCallError `lever_unavailable` when Lever cannot be asked now; nothing is changed then
 */
export async function deleteSignatureToken(
  context: ConnectionContext,
  organization: string,
  place: SignatureTokenPlace,
  actor: string,
): Promise<void> {
  const connection = await getConnection(organization)
  const leverWebhookId = connection.webhooks[place]?.api?.leverWebhookId
  if (leverWebhookId) await removeInLever(context, organization, leverWebhookId)
  const $unset = {
    [`webhooks.${place}.hand`]: 1,
    [`webhooks.${place}.api`]: 1,
    ...unsetMarks(eventsSignedBy(connection, place), ALL_MARKS),
  }
  await ConnectionModel.updateOne({ _id: connection._id }, { $unset }, DURABLE)
  await context.audit.append({
    organization,
    actor,
    action: 'connection.signatureTokenRemoved',
    subject: `${subjectOf(connection)}/${place}`,
  })
}

const ALL_MARKS = ['lastVerifiedAt', 'lastReceivedAt', 'lastRefusedAt'] as const

/** What another token proved or was refused for says nothing about a new one; where a token stays beside it, what that one proved stays. */
function marksOfEarlierToken(connection: ConnectionDocument, place: SignatureTokenPlace, replaced: 'hand' | 'api'): Record<string, 1> {
  const staying = connection.webhooks[place]?.[replaced === 'hand' ? 'api' : 'hand']
  return unsetMarks(eventsSignedBy(connection, place), staying ? ['lastRefusedAt'] : ALL_MARKS)
}

/** The events whose deliveries are checked with the tokens of `place`. */
function eventsSignedBy({ webhooks }: ConnectionDocument, place: SignatureTokenPlace): readonly WebhookEvent[] {
  return place === 'any' ? WEBHOOK_EVENTS.filter((event) => !webhooks[event]?.hand && !webhooks[event]?.api) : [place]
}

function unsetMarks(events: readonly WebhookEvent[], marks: readonly (typeof ALL_MARKS)[number][]): Record<string, 1> {
  return Object.fromEntries(events.flatMap((event) => marks.map((mark) => [`webhooks.${event}.${mark}`, 1 as const])))
}

async function removeInLever(context: ConnectionContext, organization: string, id: string): Promise<void> {
  try {
    await deleteWebhook(context.remainingClient(organization), id)
  } catch (error) {
    if (isServiceError(error, 'connection_not_active') || isServiceError(error, 'lever_rejected')) return
    throw error
  }
}

/** Opens the tokens that a delivery of `event` may be signed with: the event's own, or the account's single one where it has none. */
export function signatureTokensFor(
  { secrets, log }: { secrets: ConnectionSecrets; log: Log },
  connection: ConnectionDocument,
  event: string,
): string[] {
  const own = tokensOf(connection, event)
  return (own.length > 0 ? own : tokensOf(connection, 'any')).flatMap(({ field, sealed }) => {
    try {
      return [secrets.open(String(connection.organization), field, sealed)]
    } catch (error) {
      log.error({ connection: String(connection._id), field, err: error }, 'a signature token cannot be opened')
      return []
    }
  })
}

function tokensOf({ webhooks }: ConnectionDocument, event: string) {
  if (!isSignatureTokenPlace(event)) return []
  const kinds = ['api', 'hand'] as const
  return kinds.flatMap((kind) => {
    const sealed = webhooks[event]?.[kind]?.token
    return sealed ? [{ field: `webhooks.${event}.${kind}` as const, sealed }] : []
  })
}
