import type { Types } from 'mongoose'
import { ServiceError } from '../errors.ts'
import type { LeverClient } from '../lever/client.ts'
import { isLeverStatus } from '../lever/lever-call-error.ts'
import { createWebhook, deleteWebhook } from '../lever/webhooks.ts'
import { subjectOf, webhookUrlOf, type ConnectionContext } from './connection-context.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { getConnection } from './find-connection.ts'
import { connectionNotActive, GRANTED } from './grant.ts'
import { recommendedEvents } from './lever-access.ts'
import { leadsElsewhere, listOurWebhooks } from './our-webhooks.ts'
import { underProvisionLease } from './provision-lease.ts'
import { keepProvisionedToken } from './signature-tokens.ts'
import { takesOrigins, type WebhookEvent } from './webhook-events.ts'

/** All origins in Lever, so that no opportunity is left out (Lever's API documentation). */
const ORIGINS = ['applied', 'sourced', 'referred', 'university', 'internal', 'agency'] as const

const WAIT_MS = 15_000
const CALL_MS = 20_000

/**
 * Creates in Lever every recommended webhook that does not exist yet and has no signature token entered by hand, and
 * stores each token as soon as Lever returns it. A webhook of ours whose token was lost is created again. May be
 * repeated: existing webhooks stay unchanged.
 * @throws ServiceError `connection_not_active`, `state_conflict`, `lever_rejected`; LeverCallError
 */
export async function provisionWebhooks(
  context: ConnectionContext,
  organization: string,
  client: LeverClient,
  actor: string,
): Promise<void> {
  const { _id } = await getConnection(organization)
  const created = await underProvisionLease(_id, { waitMs: WAIT_MS, callMs: CALL_MS }, async (assertHolds) => {
    const connection = await getConnection(organization)
    if (!GRANTED.includes(connection.status)) throw connectionNotActive(connection.status)
    return createMissing(context, connection, client, assertHolds).catch(async (error: unknown) => {
      await noteRefusal(_id, isLeverStatus(error, 403))
      throw asRefusal(error)
    })
  })
  await noteRefusal(_id, false)
  if (created === 0) return
  await context.audit.append({ organization, actor, action: 'connection.webhooksCreated', subject: `connection:${String(_id)}` })
}

/** @returns the number created */
async function createMissing(
  context: ConnectionContext,
  connection: ConnectionDocument,
  client: LeverClient,
  assertHolds: () => void,
): Promise<number> {
  const url = webhookUrlOf(context, connection)
  const ours = await listOurWebhooks(connection, client)

  let created = 0
  for (const event of recommendedEvents(connection.settings)) {
    const state = connection.webhooks[event]
    const there = ours.filter((webhook) => webhook.event === event)
    const known = there.find((webhook) => webhook.id === state?.api?.leverWebhookId && !leadsElsewhere(webhook, url))
    for (const { id } of there) {
      assertHolds()
      if (id !== known?.id) await deleteWebhook(client, id)
    }
    if (known || state?.hand) continue
    assertHolds()
    await createOne(context, connection, client, { event, url })
    created += 1
  }
  return created
}

async function createOne(
  context: ConnectionContext,
  connection: ConnectionDocument,
  client: LeverClient,
  { event, url }: { event: WebhookEvent; url: string },
): Promise<void> {
  const { id, signatureToken } = await createWebhook(client, { url, event, ...(takesOrigins(event) ? { origins: ORIGINS } : {}) })
  if (!signatureToken) {
    await deleteWebhook(client, id)
    throw new ServiceError('lever_unavailable', `Lever returned no signature token for ${event}.`, {
      hint: 'Try again, or paste the token by hand.',
    })
  }
  await keepProvisionedToken(context, connection, { event, id, signatureToken })
  context.log.info({ connection: subjectOf(connection), event, leverWebhookId: id }, 'webhook created in Lever')
}

/** Some accounts and apps may not use the Webhooks API (Lever's help center). The page says so until it works. */
async function noteRefusal(_id: Types.ObjectId, isRefused: boolean): Promise<void> {
  const change = isRefused ? { $currentDate: { webhooksApiRefusedAt: true } as const } : { $unset: { webhooksApiRefusedAt: 1 } }
  await ConnectionModel.updateOne({ _id }, change)
}

function asRefusal(error: unknown): unknown {
  if (!isLeverStatus(error, 403)) return error
  return new ServiceError('lever_rejected', 'Lever does not let this service create webhooks.', {
    hint: 'Create them by hand in Lever, and paste each signature token here. If the permission webhooks:write:admin is missing, you can instead authorize again and grant it.',
    cause: error,
  })
}
