import { isDuplicateKey } from '../duplicate-key.ts'
import type { ConnectionDocument } from '../connection/connection-model.ts'
import { isWebhookEvent } from '../connection/webhook-events.ts'
import { DUE_NOW } from '../work/work-fields.ts'
import { isTimely, signatureKeyOf, signatureRecord } from './accepted-signatures.ts'
import { DeliveryModel, type DeliveryDocument } from './delivery-model.ts'
import type { InsertGrouped } from './insert-grouped.ts'
import type { NoteRefused } from './refusals.ts'
import { isSigned, tokensThatFit } from './verify-signature.ts'
import { isConnectionTest, parseWebhookBody, splitSignature, type WebhookBody } from './webhook-body.ts'
import type { WebhookDeps } from './webhook-deps.ts'

export interface ReleaseDeps extends Pick<WebhookDeps, 'connections' | 'wake' | 'log'> {
  insert: InsertGrouped
  noteRefused: NoteRefused
}

/** Resolves to the number of deliveries that wait for a signature token, by event. */
export async function heldCounts(connection: Pick<ConnectionDocument, '_id' | 'organization'>): Promise<Partial<Record<string, number>>> {
  const counts = await DeliveryModel.aggregate<{ _id: string; count: number }>([
    { $match: heldOf(connection) },
    { $group: { _id: '$event', count: { $sum: 1 } } },
  ])
  return Object.fromEntries(counts.map(({ _id, count }) => [_id, count]))
}

/** Matches the held deliveries that have not expired, by the database's clock. */
function heldOf({ _id, organization }: Pick<ConnectionDocument, '_id' | 'organization'>) {
  return { organization, connection: _id, status: 'held' as const, $expr: { $gt: ['$expiresAt', '$$NOW'] } }
}

/** Called when the connection ends: held deliveries belong to the disconnected account. */
export async function forgetHeld(organization: string): Promise<void> {
  await DeliveryModel.deleteMany({ organization, status: 'held' })
}

/**
 * Called when a signature token was saved: checks the deliveries that were held for it. A genuine one is processed, or marks the event
 * verified; the others are dropped and counted as refused, unless another token fits. May be called again, and concurrently.
 */
export async function releaseHeld(deps: ReleaseDeps, organization: string, place: string): Promise<void> {
  const connection = await deps.connections.get(organization)
  const ofEvent = place === 'any' ? {} : { event: place }
  const held = await DeliveryModel.find({ ...heldOf(connection), ...ofEvent })
    .sort({ _id: 1 })
    .lean<DeliveryDocument[]>()
  const checked = held.flatMap((delivery) => check(deps, connection, delivery) ?? [])
  for (const { delivery, verdict } of checked) {
    const line = { organization, delivery: String(delivery._id), event: delivery.event, isGenuine: verdict === 'genuine' }
    deps.log.info(line, 'held delivery checked')
  }
  // refusals first: a genuine delivery of the same event proves the token and clears the mark of a refusal
  await Promise.all(checked.filter(({ verdict }) => verdict !== 'genuine').map(async (one) => refuse(deps, connection, one)))
  for (const one of checked) if (one.verdict === 'genuine') await accept(deps, connection, one)
  if (checked.length > 0) deps.wake()
}

interface Checked {
  delivery: DeliveryDocument
  body: WebhookBody
  /** As stored, without the signature. */
  payload: string
  verdict: 'genuine' | 'held' | 'outdated'
}

/** Returns null if no signature token is known. */
function check(deps: ReleaseDeps, connection: ConnectionDocument, delivery: DeliveryDocument): Checked | null {
  const tokens = tokensThatFit(deps.connections.signatureTokensFor, connection, delivery.event)
  if (tokens.length === 0) return null
  const kept: unknown = JSON.parse(delivery.payload ?? '{}')
  const { signature, payload } = splitSignature(kept)
  const body = parseWebhookBody({ ...(kept as object), signature: delivery.heldSignature ?? signature })
  const verdict = !isSigned(body, tokens) ? 'held' : isTimely(body, delivery.receivedAt) ? 'genuine' : 'outdated'
  return { delivery, body, payload, verdict }
}

async function refuse(deps: ReleaseDeps, connection: ConnectionDocument, { delivery, verdict }: Checked): Promise<void> {
  if (await drop(delivery)) await deps.noteRefused(connection, delivery.event, verdict === 'outdated' ? 'outdated' : 'held')
}

async function accept(deps: ReleaseDeps, connection: ConnectionDocument, checked: Checked): Promise<void> {
  const { delivery, body } = checked
  const { event, receivedAt } = delivery
  const isTest = isConnectionTest(body)
  const isKept = !isTest && isWebhookEvent(event)
  const isNew = isKept ? await keep(connection, checked) : await keepSignatureOnly(deps, connection, checked)
  if (isNew) await deps.connections.noteWebhook(connection._id, event, isTest ? { verifiedAt: receivedAt } : { receivedAt })
  else await drop(delivery)
}

/** Resolves to false if it is no longer held. */
async function drop({ _id, organization }: DeliveryDocument): Promise<boolean> {
  return (await DeliveryModel.deleteOne({ _id, organization, status: 'held' })).deletedCount === 1
}

/** Resolves to false if its signature was accepted before, under another event or token. */
async function keep(connection: ConnectionDocument, { delivery, body, payload }: Checked): Promise<boolean> {
  const signatureKey = signatureKeyOf(connection, body)
  const accepted = { status: 'received', dueAt: DUE_NOW, payload, signatureKey } as const
  const gone = { expiresAt: 1, heldSignature: 1, sender: 1, bytes: 1 }
  try {
    const { _id, organization } = delivery
    return (await DeliveryModel.updateOne({ _id, organization, status: 'held' }, { $set: accepted, $unset: gone })).modifiedCount === 1
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

async function keepSignatureOnly({ insert }: ReleaseDeps, connection: ConnectionDocument, { delivery, body }: Checked): Promise<boolean> {
  if (!(await drop(delivery))) return false
  return (await insert(signatureRecord(connection, body, signatureKeyOf(connection, body) ?? ''))) === 'stored'
}
