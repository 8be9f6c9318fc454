import { setTimeout as sleep } from 'node:timers/promises'
import type { LeverClient } from '../lever/client.ts'
import { deleteWebhook } from '../lever/webhooks.ts'
import { subjectOf, type ConnectionContext } from './connection-context.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { getConnection } from './find-connection.ts'
import { GRANTED, GRANT_FIELDS } from './grant.ts'
import { listOurWebhooks } from './our-webhooks.ts'
import { WEBHOOK_EVENTS } from './webhook-events.ts'

const CLEANUP_MS = 15_000

/**
 * Ends the connection. From the first step on, nothing new begins. While the grant still works and as far as Lever
 * answers, exports are then settled and our webhooks in Lever are removed; after that, tokens, signature tokens, and
 * the mirror are deleted. The endpoint key and the settings stay. May be repeated, which completes what a killed
 * process left.
 */
export async function disconnect(context: ConnectionContext, organization: string, actor: string): Promise<void> {
  const connection = await getConnection(organization)
  // removes the signature tokens and the record of each event in one write: tokens saved later belong to the next
  // connection
  const webhooks = unsetOf([...WEBHOOK_EVENTS, 'any'].map((event) => `webhooks.${event}`))
  await ConnectionModel.updateOne({ _id: connection._id }, { $set: { status: 'disconnected' }, $unset: webhooks })
  const client = hasGrant(connection) ? context.remainingClient(organization) : null

  await context.publish('connectionEnding', { organization, hasGrant: client !== null })
  if (client) await removeWebhooks(context, connection, client)
  await destroy(connection)
  await context.publish('connectionEnded', { organization })
  if (connection.status === 'disconnected') return
  await context.audit.append({ organization, actor, action: 'connection.disconnected', subject: subjectOf(connection) })
}

/** Also true for a connection whose end a killed process has begun. */
function hasGrant({ status, grant }: ConnectionDocument): boolean {
  return GRANTED.includes(status) || (status === 'disconnected' && Boolean(grant.apiKey ?? grant.accessToken))
}

/** Best effort, within a time limit: a remaining webhook does no harm, because its address answers 401 from now on. */
async function removeWebhooks(context: ConnectionContext, connection: ConnectionDocument, client: LeverClient): Promise<void> {
  const remove = async (): Promise<void> => {
    for (const { id } of await listOurWebhooks(connection, client)) await deleteWebhook(client, id)
  }
  const giveUp = new AbortController()
  const limit = sleep(CLEANUP_MS, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error(`Lever took longer than ${CLEANUP_MS} ms`)
  })
  try {
    await Promise.race([remove(), limit])
  } catch (error) {
    context.log.warn({ connection: String(connection._id), err: error }, 'webhooks left behind in Lever')
  } finally {
    giveUp.abort()
    limit.catch(() => {})
  }
}

/**
 * Does nothing if somebody has authorized again in the meantime. A refresh under way cannot store its pair in a
 * disconnected connection.
 */
async function destroy(connection: ConnectionDocument): Promise<void> {
  const gone = [
    ...GRANT_FIELDS,
    'auth',
    'leverAccountId',
    'leverApi',
    'webhooksApiRefusedAt',
    'formsUnread',
    'statusBeforeRevocation',
    'revokedBecause',
  ]
  await ConnectionModel.updateOne(
    { _id: connection._id, status: 'disconnected' },
    { $unset: unsetOf(gone), $set: { knownLeverUserIds: [] } },
    { writeConcern: { w: 'majority', j: true } },
  )
}

function unsetOf(fields: readonly string[]): Record<string, 1> {
  return Object.fromEntries(fields.map((field) => [field, 1 as const]))
}
