import { z } from 'zod'
import { isServiceError, ServiceError } from '../errors.ts'
import { deleteWebhook } from '../lever/webhooks.ts'
import type { Log } from '../log.ts'
import { subjectOf, type ConnectionContext } from './connection-context.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import { getConnection } from './find-connection.ts'
import { isSignatureTokenPlace, WEBHOOK_EVENTS, type SignatureTokenPlace, type WebhookEvent } from './webhook-events.ts'

/** A token as pasted. Lever's are 48 hex digits (recorded answer); the form of older ones is unknown. */
export const SignatureTokenText = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[!-~]+$/, 'must be printable ASCII without white space')

const DURABLE = { writeConcern: { w: 'majority', j: true } } as const

/** @throws ServiceError `not_found` for a name that is neither one of the eight events nor `any` */
export function requirePlace(name: string): SignatureTokenPlace {
  if (isSignatureTokenPlace(name)) return name
  throw new ServiceError('not_found', 'There is no such webhook event.', { hint: 'GET /connection lists them.' })
}

/**
 * Stores the signature token of a webhook created by hand, in place of an earlier one entered by hand, and releases
 * the deliveries that were held without it. The connection's status does not matter, because webhooks and
 * authorization may be set up in any order.
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

/**
 * Stores the token that Lever returned when the service created a webhook. Lever shows it only then (recorded
 * answer).
 */
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
 * Deletes both tokens for one event, and before that our own webhook in Lever, which would otherwise send deliveries
 * that cannot be verified.
 * @throws LeverCallError `lever_unavailable` if Lever cannot be asked now; nothing is changed then
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

/**
 * Marks set by an earlier token say nothing about a new one. If the other token stays, the marks of valid deliveries
 * stay too.
 */
function marksOfEarlierToken(connection: ConnectionDocument, place: SignatureTokenPlace, replaced: 'hand' | 'api'): Record<string, 1> {
  const staying = connection.webhooks[place]?.[replaced === 'hand' ? 'api' : 'hand']
  return unsetMarks(eventsSignedBy(connection, place), staying ? ['lastRefusedAt'] : ALL_MARKS)
}

/** The events whose deliveries are verified with the tokens of `place`. */
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

/**
 * Opens the tokens that may sign a delivery of `event`: the event's own, or the single token of the account if the
 * event has none.
 */
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
