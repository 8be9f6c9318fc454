import { Types, type mongo } from 'mongoose'
import type { ConnectionDocument } from '../connection/connection-model.ts'
import { isWebhookEvent } from '../connection/webhook-events.ts'
import { isServiceError, ServiceError } from '../errors.ts'
import { NEVER } from '../work/work-fields.ts'
import { AT_ONCE } from './at-once.ts'
import { holdAtMost, HELD_FOR_MS, releaseHeld } from './held-deliveries.ts'
import type { InsertGrouped, InsertOutcome } from './insert-grouped.ts'
import type { NoteReceived } from './note-received.ts'
import { isSigned, tokensThatFit } from './verify-signature.ts'
import { isConnectionTest, opportunityIdOf, parseWebhookBody, type WebhookBody } from './webhook-body.ts'
import type { WebhookDeps } from './webhook-deps.ts'

export type ReceiveOutcome = 'stored' | 'repeat' | 'verified' | 'held'

export interface ReceiveDeps extends Pick<WebhookDeps, 'connections' | 'wake' | 'log'> {
  insert: InsertGrouped
  noteReceived: NoteReceived
}

/**
 * The connection that an endpoint address belongs to.
 * @throws ServiceError `not_found`, `storage_unavailable`
 */
export async function findEndpoint({ connections }: Pick<ReceiveDeps, 'connections'>, endpointKey: string): Promise<ConnectionDocument> {
  const connection = await connections.findByEndpointKey(endpointKey).catch(asUnavailable)
  if (!connection)
    throw new ServiceError('not_found', 'There is no such webhook endpoint.', {
      hint: 'Copy the endpoint URL from Settings > ATS > Webhooks again.',
    })
  return connection
}

/**
 * Takes in what was posted to a connection's endpoint, JSON of any shape. Resolves when it is durable: Lever may forget it then.
 * Without a known signature token for the event it is held, unread; Lever's connection test only marks the event verified.
 * @throws ServiceError `payload_malformed`, `signature_mismatch`, `storage_unavailable` (Lever delivers again)
 */
export async function receiveDelivery(deps: ReceiveDeps, connection: ConnectionDocument, body: unknown): Promise<ReceiveOutcome> {
  const parsed = parseWebhookBody(body)
  if (connection.status === 'disconnected') throw refused('This organization is not connected to Lever.')
  const tokens = tokensThatFit(deps.connections.signatureTokensFor, connection, parsed.event)
  const document = toDelivery(connection, parsed, JSON.stringify(body))
  if (tokens.length === 0) return hold(deps, connection, document)
  if (!isSigned(parsed, tokens)) throw refused('The signature does not fit the signature token of this event.')
  if (isConnectionTest(parsed)) {
    await deps.connections.noteWebhook(connection._id, parsed.event, { verifiedAt: document.receivedAt }).catch(asUnavailable)
    return 'verified'
  }
  const [outcome] = await Promise.all([store(deps, document), deps.noteReceived(connection._id, parsed.event, document.receivedAt)])
  return outcome
}

type NewDelivery = ReturnType<typeof toDelivery>

async function store(deps: ReceiveDeps, document: NewDelivery): Promise<InsertOutcome> {
  const outcome = await deps.insert(document)
  if (outcome === 'stored' && document.status === 'received') deps.wake()
  return outcome
}

async function hold(deps: ReceiveDeps, connection: ConnectionDocument, delivery: NewDelivery): Promise<ReceiveOutcome> {
  const expiresAt = new Date(delivery.receivedAt.getTime() + HELD_FOR_MS)
  const outcome = await deps.insert({ ...delivery, status: 'held', dueAt: NEVER, expiresAt })
  if (outcome === 'repeat') return 'repeat'
  await holdAtMost(connection._id, delivery.event)
  // the token may have been saved between the look at the connection and the write
  const now = await deps.connections.findByEndpointKey(connection.endpointKey)
  const isKnown = now !== null && tokensThatFit(deps.connections.signatureTokensFor, now, delivery.event).length > 0
  if (isKnown) await releaseHeld(deps, String(connection.organization), isWebhookEvent(delivery.event) ? delivery.event : 'any')
  return 'held'
}

function toDelivery(connection: ConnectionDocument, body: WebhookBody, payload: string) {
  return {
    organization: new Types.ObjectId(String(connection.organization)),
    connection: connection._id,
    event: body.event,
    token: body.token,
    leverId: body.id ?? null,
    triggeredAt: new Date(Math.min(body.triggeredAt, NEVER.getTime())),
    receivedAt: new Date(),
    opportunityId: opportunityIdOf(body) ?? null,
    status: isWebhookEvent(body.event) ? 'received' : 'ignored',
    attempts: 0,
    tries: [],
    effects: [],
    error: null,
    payload,
    dueAt: isWebhookEvent(body.event) ? AT_ONCE : NEVER,
    lane: 0,
    fence: 0,
    leaseUntil: null,
    claim: null,
  } satisfies mongo.Document
}

function refused(message: string): ServiceError {
  return new ServiceError('signature_mismatch', message, {
    hint: "Paste this webhook's signature token from Lever under Settings > ATS > Webhooks.",
  })
}

function asUnavailable(cause: unknown): never {
  if (isServiceError(cause)) throw cause
  throw new ServiceError('storage_unavailable', 'The delivery could not be stored; deliver it again.', { cause })
}
