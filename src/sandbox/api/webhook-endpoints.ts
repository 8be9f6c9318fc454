/** The webhooks API. Lists and changes only what the same app or key has made (Lever's API documentation). */
import { z } from 'zod'
import type { Webhook } from '../account/access-records.ts'
import { LeverEventName, Origin } from '../account/records.ts'
import { acceptableWebhookUrl, makeWebhook } from '../deliveries/make-webhook.ts'
import { created, noContent, parseBody, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, notFound } from './lever-error.ts'
import { plainBody } from './request-body.ts'

const READ = 'webhooks:read:admin'
const WRITE = 'webhooks:write:admin'

export const webhookEndpoints: Endpoint[] = [
  { method: 'GET', path: '/webhooks', permission: 'List all webhooks', scope: READ, handle: listWebhooks },
  { method: 'POST', path: '/webhooks', permission: 'Create a webhook', scope: WRITE, handle: createWebhook },
  { method: 'PUT', path: '/webhooks', permission: 'Update webhooks', scope: WRITE, handle: putWebhooks },
  { method: 'DELETE', path: '/webhooks/:id', permission: 'Delete a webhook', scope: WRITE, handle: deleteWebhook },
]

const Url = z.string().refine(acceptableWebhookUrl, 'must be https')
const Configuration = z.object({
  conditions: z.object({ origins: z.array(Origin).optional() }).optional(),
  /** placed as in Lever's Postman collection */
  origins: z.array(Origin).optional(),
  verifyConnection: z.boolean().optional(),
})
const WebhookBody = z.object({ url: Url, event: LeverEventName, configuration: Configuration.optional() })
const WebhooksBody = z.object({
  data: z.array(
    z.object({ id: z.string(), url: Url.optional(), event: LeverEventName.optional(), configuration: Configuration.optional() }),
  ),
})

function ownWebhooks(call: ApiCall): Webhook[] {
  return [...call.world.account.webhooks.values()].filter((webhook) => webhook.madeBy === call.credential.id)
}

/** Only `data`, without `hasNext`; the signature token is left out (recorded). */
function listWebhooks(call: ApiCall): ApiAnswer {
  return {
    status: 200,
    body: { data: ownWebhooks(call).map((webhook) => webhookJson({ ...webhook, url: shownUrl(call, webhook) }, 'read')) },
  }
}

/** Lever might write the address differently from the given one. */
function shownUrl({ world }: ApiCall, { url }: Webhook): string {
  return world.settings.answers.webhookUrl === 'kept' ? url : `${url.replace('http:', 'HTTP:')}/?`
}

/** The only answer with the signature token. With `verifyConnection`, nothing is created unless the test succeeds (assumed). */
async function createWebhook(call: ApiCall): Promise<ApiAnswer> {
  const { world, credential } = call
  const { url, event, configuration } = parseBody(WebhookBody, plainBody(call.body))
  const origins = configuration?.conditions?.origins ?? configuration?.origins
  const webhook = makeWebhook(world, { url, event, origins, madeBy: credential.id, confidential: credential.confidential })
  if (configuration?.verifyConnection) {
    const test = await world.desk.verify(webhook)
    if (test.status !== 'succeeded') throw badRequest('The connection could not be verified')
  }
  world.account.webhooks.set(webhook.id, webhook)
  world.changed()
  return created(webhookJson(webhook, 'created'))
}

function putWebhooks(call: ApiCall): ApiAnswer {
  const { data } = parseBody(WebhooksBody, plainBody(call.body))
  const own = new Map(ownWebhooks(call).map((webhook) => [webhook.id, webhook]))
  const changes = data.map((change) => {
    const webhook = own.get(change.id)
    if (!webhook) throw notFound('webhooks', change.id)
    return { webhook, change }
  })
  for (const { webhook, change } of changes) {
    webhook.url = change.url ?? webhook.url
    webhook.event = change.event ?? webhook.event
    webhook.origins = change.configuration?.conditions?.origins ?? webhook.origins
    webhook.updatedAt = call.world.now()
  }
  call.world.changed()
  return { status: 200, body: { data: changes.map(({ webhook }) => webhookJson(webhook, 'read')) } }
}

function deleteWebhook(call: ApiCall): ApiAnswer {
  const webhook = ownWebhooks(call).find(({ id }) => id === call.params['id'])
  if (!webhook) throw notFound('webhooks', call.params['id'] ?? '')
  call.world.account.webhooks.delete(webhook.id)
  call.world.changed()
  return noContent(webhook.id)
}

function webhookJson(webhook: Webhook, view: 'read' | 'created'): Record<string, unknown> & { id: string } {
  const { id, event, url, origins, signatureToken, createdAt, updatedAt } = webhook
  const configuration = { conditions: { origins }, ...(view === 'created' ? { signatureToken } : {}) }
  return { id, event, url, configuration, createdAt, updatedAt }
}
