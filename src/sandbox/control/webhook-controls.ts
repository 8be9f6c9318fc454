/** Webhooks as made on the settings page, and their deliveries. */
import { z } from 'zod'
import type { Delivery, Webhook } from '../account/access-records.ts'
import { LeverEventName } from '../account/records.ts'
import { acceptableWebhookUrl, makeWebhook } from '../deliveries/make-webhook.ts'
import type { World } from '../world.ts'
import { controlBody, unknown, type Control } from './control-body.ts'

const UiWebhook = z.strictObject({
  event: LeverEventName,
  url: z.string().refine(acceptableWebhookUrl, 'must be https, or http on this machine'),
  signatureToken: z.string().min(1).optional(),
  confidential: z.boolean().default(false),
})
/** Deliberately loose: any event name and data, to one webhook or to all of the event. */
const Forged = z.strictObject({ event: z.string(), data: z.unknown(), webhookId: z.string().optional() })

export function webhookControls(world: World, control: Control): void {
  const { desk } = world
  control('GET', '/webhooks', () => ({ data: [...world.account.webhooks.values()] }))
  control('POST', '/webhooks', (ctx) => {
    const webhook = makeWebhook(world, { ...controlBody(ctx, UiWebhook), madeBy: 'ui' })
    world.account.webhooks.set(webhook.id, webhook)
    world.changed()
    return webhook
  })
  control('DELETE', '/webhooks/:id', (_ctx, id) => {
    if (!world.account.webhooks.delete(id)) throw unknown('webhook', id)
    world.changed()
  })
  control('POST', '/webhooks/:id/verify', (_ctx, id) => desk.verify(webhookOf(world, id)))
  control('GET', '/deliveries', (ctx) => ({ data: deliveriesOf(world, new URLSearchParams(ctx.querystring)) }))
  control('POST', '/deliveries/:id/rerun', (_ctx, id) => {
    const delivery = world.account.deliveries.get(id)
    if (!delivery) throw unknown('delivery', id)
    return desk.rerun(delivery)
  })
  control('POST', '/deliver', (ctx) => {
    const { event, data, webhookId } = controlBody(ctx, Forged)
    const targets =
      webhookId === undefined
        ? [...world.account.webhooks.values()].filter((webhook) => webhook.event === event)
        : [webhookOf(world, webhookId)]
    return { data: targets.map((webhook) => desk.send(webhook, event, data)) }
  })
}

function webhookOf(world: World, id: string): Webhook {
  const webhook = world.account.webhooks.get(id)
  if (!webhook) throw unknown('webhook', id)
  return webhook
}

/** Oldest first; `?event=`, `?webhook=`, `?status=`. */
function deliveriesOf(world: World, query: URLSearchParams): Delivery[] {
  const fits = (name: string, value: string): boolean => (query.get(name) ?? value) === value
  return [...world.account.deliveries.values()].filter(
    (delivery) => fits('event', delivery.body.event) && fits('webhook', delivery.webhookId) && fits('status', delivery.status),
  )
}
