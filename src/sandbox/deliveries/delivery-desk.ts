/** Delivers events to webhooks: signed, retried up to five times, and recorded. */
import type { Delivery, DeliveryAttempt, Webhook, WebhookBody } from '../account/access-records.ts'
import type { LeverEventName } from '../account/records.ts'
import { newHexToken, newId } from '../ids.ts'
import type { Desk, LeverEvent, World } from '../world.ts'
import { signDelivery } from './signature.ts'

const AT_ONCE = 16
/** Lever's settings page keeps 1,000 deliveries from two weeks. */
const KEPT = 1000

/** The four events that origin conditions apply to (Lever's API documentation). */
const BY_ORIGIN: ReadonlySet<LeverEventName> = new Set([
  'applicationCreated',
  'candidateArchiveChange',
  'candidateHired',
  'candidateStageChange',
])

export class DeliveryDesk implements Desk {
  readonly #read: () => World
  readonly #running = new Set<Promise<void>>()
  readonly #waiting: Delivery[] = []
  readonly #timers = new Map<string, NodeJS.Timeout>()

  constructor(world: () => World) {
    this.#read = world
  }

  get #world(): World {
    return this.#read()
  }

  /** Continues deliveries that were unfinished when the sandbox last stopped. */
  start(): void {
    for (const delivery of this.#world.account.deliveries.values()) if (delivery.status === 'pending') this.#schedule(delivery)
  }

  emit(event: LeverEvent): void {
    const data = this.#world.settings.answers.eventData === 'full' ? event.data : sparseData(event)
    for (const webhook of this.#world.account.webhooks.values()) {
      if (wants(this.#world, webhook, event)) this.send(webhook, event.event, data)
    }
  }

  /** Queues one delivery, regardless of the switches. */
  send(webhook: Webhook, event: string, data: unknown): Delivery {
    const token = newHexToken()
    const triggeredAt = this.#world.now()
    const body = { id: newId(), event, triggeredAt, token, signature: signDelivery(webhook.signatureToken, token, triggeredAt), data }
    const delivery = this.#record(webhook, body)
    this.#schedule(delivery)
    return delivery
  }

  /** Sends the connection test and waits for the answer: `data` is empty, there is no `id`, and nothing is retried. */
  async verify(webhook: Webhook): Promise<Delivery> {
    const token = newHexToken()
    const triggeredAt = this.#world.now()
    const body = { event: webhook.event, triggeredAt, token, signature: signDelivery(webhook.signatureToken, token, triggeredAt), data: {} }
    const delivery = this.#record(webhook, body)
    delivery.retriesLeft = 0
    await this.#attempt(delivery)
    return delivery
  }

  /** Repeats the delivery with the same token and signature; resolves to the result of that attempt. */
  async rerun(delivery: Delivery): Promise<Delivery> {
    this.#unschedule(delivery.id)
    delivery.retriesLeft = 0
    await this.#attempt(delivery)
    return delivery
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#waiting.length = 0
  }

  async stop(): Promise<void> {
    this.clear()
    await Promise.allSettled(this.#running)
  }

  #record(webhook: Webhook, body: WebhookBody): Delivery {
    const { deliveries } = this.#world.account
    const now = this.#world.now()
    const delivery: Delivery = {
      id: newId(),
      webhookId: webhook.id,
      url: webhook.url,
      body,
      status: 'pending',
      attempts: [],
      retriesLeft: this.#world.settings.retryDelaysMs.length,
      nextAttemptAt: now,
      createdAt: now,
    }
    deliveries.set(delivery.id, delivery)
    for (const old of deliveries.values()) {
      if (deliveries.size <= KEPT) break
      if (old.status !== 'pending') deliveries.delete(old.id)
    }
    this.#world.changed()
    return delivery
  }

  #schedule(delivery: Delivery): void {
    this.#unschedule(delivery.id)
    if (this.#world.stopping.aborted) return
    const waitMs = (delivery.nextAttemptAt ?? 0) - this.#world.now()
    if (waitMs <= 0) return this.#enqueue(delivery)
    const timer = setTimeout(() => {
      this.#timers.delete(delivery.id)
      this.#enqueue(delivery)
    }, waitMs)
    this.#timers.set(delivery.id, timer)
  }

  #unschedule(id: string): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
  }

  #enqueue(delivery: Delivery): void {
    this.#waiting.push(delivery)
    this.#drain()
  }

  #drain(): void {
    while (this.#running.size < AT_ONCE) {
      const delivery = this.#waiting.shift()
      if (!delivery) return
      const run = this.#attempt(delivery).finally(() => {
        this.#running.delete(run)
        this.#drain()
      })
      this.#running.add(run)
    }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    delivery.nextAttemptAt = null
    if (delivery.attempts.length > 0 && this.#world.settings.answers.repeatedToken === 'fresh') this.#signAnew(delivery)
    const attempt = await post(this.#world, delivery)
    if (this.#world.stopping.aborted && attempt.error) delivery.nextAttemptAt = this.#world.now()
    else this.#conclude(delivery, attempt)
    this.#world.changed()
  }

  /** Signs a repeat as a separate delivery. */
  #signAnew({ body, webhookId }: Delivery): void {
    const webhook = this.#world.account.webhooks.get(webhookId)
    if (!webhook || body.signature === undefined) return
    body.token = newHexToken()
    body.triggeredAt = this.#world.now()
    body.signature = signDelivery(webhook.signatureToken, body.token, body.triggeredAt)
  }

  /** Any answer other than 2xx is a failure, including redirects (Lever's API documentation). */
  #conclude(delivery: Delivery, attempt: DeliveryAttempt): void {
    delivery.attempts.push(attempt)
    if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
      delivery.status = 'succeeded'
    } else if (delivery.retriesLeft === 0) {
      delivery.status = 'failed'
    } else {
      const { retryDelaysMs } = this.#world.settings
      const delayMs = retryDelaysMs.at(-delivery.retriesLeft) ?? retryDelaysMs.at(0) ?? 0
      delivery.status = 'pending'
      delivery.retriesLeft -= 1
      delivery.nextAttemptAt = this.#world.now() + delayMs
      this.#schedule(delivery)
    }
  }
}

/** Ids that have been seen in events; all others are assumed. */
const SEEN_IDS: Partial<Record<LeverEventName, readonly string[]>> = {
  applicationCreated: ['applicationId', 'opportunityId'],
  candidateHired: ['opportunityId'],
  candidateDeleted: ['opportunityId'],
  interviewCreated: ['interviewId', 'opportunityId'],
  interviewUpdated: ['interviewId', 'opportunityId'],
  interviewDeleted: ['interviewId', 'opportunityId'],
}

function sparseData({ event, data }: LeverEvent): Record<string, unknown> {
  const seen = SEEN_IDS[event]
  return seen ? Object.fromEntries(Object.entries(data).filter(([name]) => seen.includes(name))) : data
}

function wants(world: World, webhook: Webhook, { event, opportunity }: LeverEvent): boolean {
  if (webhook.event !== event || world.account.eventGroups[event] === false) return false
  if (opportunity === null) return true
  if (opportunity.confidentiality === 'confidential' && !webhook.confidential && world.settings.answers.confidentialEvents === 'withAccess')
    return false
  return !BY_ORIGIN.has(event) || webhook.origins.includes(opportunity.origin)
}

async function post(world: World, delivery: Delivery): Promise<DeliveryAttempt> {
  const at = world.now()
  const startedAt = performance.now()
  const outcome = await fetch(delivery.url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', 'user-agent': 'Lever-Webhooks' },
    body: JSON.stringify(delivery.body),
    signal: AbortSignal.any([world.stopping, AbortSignal.timeout(world.settings.deliveryTimeoutMs)]),
  })
    .then(async (response) => ({ status: response.status, error: null, responseBody: (await response.text()).slice(0, 500) }))
    .catch((error: unknown) => ({ status: null, error: describeFailure(error), responseBody: '' }))
  return { at, durationMs: Math.round(performance.now() - startedAt), ...outcome }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
