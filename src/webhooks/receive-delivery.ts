import { Types, type mongo } from 'mongoose'
import type { ConnectionDocument } from '../connection/connection-model.ts'
import { isWebhookEvent } from '../connection/webhook-events.ts'
import { isServiceError, ServiceError } from '../errors.ts'
import { keyedHash } from '../secrets/opaque-token.ts'
import { dueInOrder, NEVER } from '../work/work-fields.ts'
import { isTimely, signatureKeyOf, signatureRecord, wasAccepted } from './accepted-signatures.ts'
import { HELD_FOR_MS, type Hold } from './hold-delivery.ts'
import { releaseHeld, type ReleaseDeps } from './held-deliveries.ts'
import type { InsertOutcome } from './insert-grouped.ts'
import type { NoteReceived } from './note-received.ts'
import type { RefusalCause } from './refusal-model.ts'
import { isSigned, tokensThatFit } from './verify-signature.ts'
import { isConnectionTest, opportunityIdOf, parseWebhookBody, splitSignature, type WebhookBody } from './webhook-body.ts'
import type { WebhookDeps } from './webhook-deps.ts'

export const RECEIVE_OUTCOMES = ['stored', 'repeat', 'verified', 'held', 'ignored'] as const
export type ReceiveOutcome = (typeof RECEIVE_OUTCOMES)[number]

export interface ReceiveDeps extends ReleaseDeps {
  hold: Hold
  noteReceived: NoteReceived
}

/** A posted body, JSON of any shape, and the network address that it came from. */
export interface Posted {
  body: unknown
  sender: string
}

/** Lever delivers again after growing delays, the last of them hours later (assumed). */
const HELD_RETRY_AFTER_S = 600

/**
 * Resolves to the connection that an endpoint address belongs to, possibly as it was a second ago.
 * @throws ServiceError `not_found`, `storage_unavailable`
 */
export async function findEndpoint({ connections }: Pick<WebhookDeps, 'connections'>, endpointKey: string): Promise<ConnectionDocument> {
  const connection = await connections.findRecentByEndpointKey(endpointKey).catch(asUnavailable)
  if (!connection)
    throw new ServiceError('not_found', 'There is no such webhook endpoint.', {
      hint: 'Copy the endpoint URL again from Settings > ATS configuration > Webhooks.',
    })
  return connection
}

/**
 * Receives a post to a connection's endpoint. Resolves when it is durable, so that Lever need not send it again. Without a known signature
 * token for the event, the delivery is held unread. Lever's connection test only marks the event verified. A body whose signature was
 * accepted before is a repeat, whatever else is wrong with it.
 * @throws ServiceError `payload_malformed`, `signature_mismatch`, `signature_outdated`, `too_many_requests` (the limit of held deliveries
 * is reached), `storage_unavailable`; after the last two, Lever delivers again
 */
export async function receiveDelivery(deps: ReceiveDeps, connection: ConnectionDocument, posted: Posted): Promise<ReceiveOutcome> {
  const signatureKey = signatureKeyOf(connection, posted.body)
  try {
    return await takeInNow(deps, connection, { ...posted, signatureKey })
  } catch (error) {
    if (!isRefusal(error) || error instanceof NotConnected) throw error
    if (await wasAccepted(connection, signatureKey).catch(asUnavailable)) return 'repeat'
    const cause = causeOf(error, signatureKey)
    if (cause) await deps.noteRefused(connection, eventIn(posted.body), cause)
    throw error
  }
}

interface Keyed extends Posted {
  signatureKey: string | null
}

/** The connection may have changed within the last second, so a refusal counts only if the newest state of it refuses as well. */
async function takeInNow(deps: ReceiveDeps, connection: ConnectionDocument, keyed: Keyed): Promise<ReceiveOutcome> {
  try {
    return await takeIn(deps, connection, keyed)
  } catch (error) {
    if (!isServiceError(error, 'signature_mismatch')) throw error
    const now = await deps.connections.findByEndpointKey(connection.endpointKey).catch(asUnavailable)
    if (!now) throw error
    return takeIn(deps, now, keyed)
  }
}

async function takeIn(deps: ReceiveDeps, connection: ConnectionDocument, { body, sender, signatureKey }: Keyed): Promise<ReceiveOutcome> {
  if (connection.status === 'disconnected') throw new NotConnected()
  const parsed = parseWebhookBody(body)
  const tokens = tokensThatFit(deps.connections.signatureTokensFor, connection, parsed.event)
  const { signature, payload } = splitSignature(body)
  const delivery = toDelivery(connection, parsed, payload)
  if (tokens.length === 0 && isWebhookEvent(parsed.event)) {
    assertTimely(parsed, delivery)
    if (await wasAccepted(connection, signatureKey).catch(asUnavailable)) return 'repeat'
    return hold(deps, connection, { delivery, signature, sender })
  }
  if (!isSigned(parsed, tokens) || signatureKey === null)
    throw new ServiceError('signature_mismatch', 'The signature does not match the signature token of this event.', {
      hint: SIGNATURE_HINT,
    })
  assertTimely(parsed, delivery)
  if (!isWebhookEvent(parsed.event))
    return (await deps.insert(signatureRecord(connection, parsed, signatureKey))) === 'stored' ? 'ignored' : 'repeat'
  if (isConnectionTest(parsed)) return verify(deps, connection, { parsed, signatureKey })
  return store(deps, connection, { ...delivery, signatureKey })
}

type NewDelivery = ReturnType<typeof toDelivery>

async function store(
  deps: ReceiveDeps,
  connection: ConnectionDocument,
  delivery: NewDelivery & { signatureKey: string },
): Promise<InsertOutcome> {
  if ((await deps.insert(delivery)) === 'repeat') return 'repeat'
  deps.wake()
  await deps.noteReceived(connection, delivery.event, delivery.receivedAt)
  return 'stored'
}

/** Records the signature first, so that a captured delivery that is sent again without its data marks nothing. */
async function verify(
  deps: ReceiveDeps,
  connection: ConnectionDocument,
  { parsed, signatureKey }: { parsed: WebhookBody; signatureKey: string },
): Promise<ReceiveOutcome> {
  if ((await deps.insert(signatureRecord(connection, parsed, signatureKey))) === 'repeat') return 'repeat'
  await deps.connections.noteWebhook(connection._id, parsed.event, { verifiedAt: new Date() }).catch(asUnavailable)
  return 'verified'
}

interface Unsigned {
  delivery: NewDelivery
  signature: string | null
  sender: string
}

async function hold(deps: ReceiveDeps, connection: ConnectionDocument, { delivery, signature, sender }: Unsigned): Promise<ReceiveOutcome> {
  const outcome = await deps
    .hold({
      ...delivery,
      status: 'held',
      dueAt: NEVER,
      expiresAt: new Date(delivery.receivedAt.getTime() + HELD_FOR_MS),
      heldSignature: signature,
      sender: keyedHash(Buffer.from(connection.endpointKey), sender),
      bytes: Buffer.byteLength(delivery.payload),
    })
    .catch(asUnavailable)
  if (outcome === 'full') throw tooManyHeld()
  if (outcome === 'repeat') return 'repeat'
  // the token may have been saved between reading the connection and the write
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
    triggeredAt: new Date(body.triggeredAt),
    receivedAt: new Date(),
    opportunityId: opportunityIdOf(body) ?? null,
    status: 'received',
    attempts: 0,
    tries: [],
    effects: [],
    error: null,
    payload,
    dueAt: dueInOrder(),
    lane: 0,
    fence: 0,
    leaseUntil: null,
    claim: null,
  } satisfies mongo.Document
}

function assertTimely(body: WebhookBody, { receivedAt }: NewDelivery): void {
  if (isTimely(body, receivedAt)) return
  throw new ServiceError(
    'signature_outdated',
    'The delivery was signed more than 30 days ago, or is dated more than an hour in the future.',
    {
      hint: 'Check the clock of this server, then deliver the event from Lever again.',
    },
  )
}

function isRefusal(error: unknown): error is ServiceError {
  return (
    isServiceError(error, 'payload_malformed') || isServiceError(error, 'signature_mismatch') || isServiceError(error, 'signature_outdated')
  )
}

/** Returns null for a post that is not a webhook at all. */
function causeOf({ code }: ServiceError, signatureKey: string | null): RefusalCause | null {
  if (code === 'payload_malformed') return null
  if (code === 'signature_outdated') return 'outdated'
  return signatureKey === null ? 'missing' : 'mismatch'
}

function eventIn(body: unknown): string {
  return String((body as { event?: unknown }).event)
}

const SIGNATURE_HINT = "Copy this webhook's signature token from Lever, and paste it in Settings > ATS configuration > Webhooks."

class NotConnected extends ServiceError {
  constructor() {
    super('signature_mismatch', 'This organization is not connected to Lever.', { hint: SIGNATURE_HINT })
  }
}

function tooManyHeld(): ServiceError {
  return new ServiceError('too_many_requests', 'Too many deliveries are waiting for their signature token.', {
    hint: 'Copy the signature token of this event from Lever, and paste it in Settings > ATS configuration > Webhooks. Lever then delivers again.',
    headers: { 'Retry-After': String(HELD_RETRY_AFTER_S) },
  })
}

function asUnavailable(cause: unknown): never {
  if (isServiceError(cause)) throw cause
  throw new ServiceError('storage_unavailable', 'The delivery could not be stored; deliver it again.', { cause })
}
