/** *Settings > Integrations and API > Webhooks*: each event with its switch and its list. */
import type { Router } from '@koa/router'
import type { VNode } from 'preact'
import type { Delivery, Webhook } from '../account/access-records.ts'
import { LEVER_EVENTS, LeverEventName, type User } from '../account/records.ts'
import { acceptableWebhookUrl, makeWebhook } from '../deliveries/make-webhook.ts'
import type { SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { messagePage } from './message-page.tsx'
import { Page, sendPage } from './page.tsx'
import type { Sessions } from './sessions.ts'
import { field, goTo, pagesFor, type PageCall } from './signed-in.ts'

const HERE = '/settings/webhooks'
const SHOWN_DELIVERIES = 20

/** Lever's labels of the events (its help center). */
const LABELS: Record<LeverEventName, string> = {
  applicationCreated: 'Application created',
  candidateStageChange: 'Candidate stage change',
  candidateArchiveChange: 'Candidate archive state change',
  candidateHired: 'Candidate hired',
  candidateDeleted: 'Candidate deleted',
  interviewCreated: 'Interview created',
  interviewUpdated: 'Interview updated',
  interviewDeleted: 'Interview deleted',
  contactCreated: 'Contact created',
  contactUpdated: 'Contact updated',
}

export function webhookSettingsPages(world: World, router: Router<SandboxState>, sessions: Sessions): void {
  const page = pagesFor(router, sessions, 'super admins')
  page('GET', HERE, (call) => sendPage(call.ctx, settingsPage(world, call.user)))
  page('POST', `${HERE}/add`, (call) => add(world, call))
  page('POST', `${HERE}/switch`, (call) => {
    const event = LeverEventName.parse(field(call, 'event'))
    world.account.eventGroups[event] = field(call, 'on') === 'true'
    world.changed()
    goTo(call, `${HERE}#${event}`)
  })
  page('POST', `${HERE}/:id/remove`, (call) => {
    world.account.webhooks.delete(call.params['id'] ?? '')
    world.changed()
    goTo(call, HERE)
  })
  page('POST', `${HERE}/:id/verify`, async (call) => {
    const webhook = world.account.webhooks.get(call.params['id'] ?? '')
    if (webhook) await world.desk.verify(webhook)
    goTo(call, `${HERE}#${webhook?.event ?? ''}`)
  })
  page('POST', `${HERE}/deliveries/:id/rerun`, async (call) => {
    const delivery = world.account.deliveries.get(call.params['id'] ?? '')
    if (delivery) await world.desk.rerun(delivery)
    goTo(call, `${HERE}#${delivery?.body.event ?? ''}`)
  })
}

function add(world: World, call: PageCall): void {
  const event = LeverEventName.parse(field(call, 'event'))
  const url = field(call, 'url').trim()
  if (!acceptableWebhookUrl(url))
    return sendPage(call.ctx, messagePage('This address cannot be used', 'A webhook address must be https, or http on this machine.'), 422)
  const webhook = makeWebhook(world, { event, url, madeBy: 'ui', confidential: false })
  world.account.webhooks.set(webhook.id, webhook)
  world.changed()
  return goTo(call, `${HERE}#${event}`)
}

function settingsPage(world: World, user: User): VNode {
  return (
    <Page title="Webhooks" user={user} path={HERE}>
      <p>Lever sends nothing for an event that is switched off.</p>
      {LEVER_EVENTS.map((event) => (
        <EventSection key={event} world={world} event={event} />
      ))}
    </Page>
  )
}

function EventSection({ world, event }: { world: World; event: LeverEventName }): VNode {
  const on = world.account.eventGroups[event] !== false
  const webhooks = [...world.account.webhooks.values()].filter((webhook) => webhook.event === event)
  const deliveries = [...world.account.deliveries.values()].filter((delivery) => delivery.body.event === event).toReversed()
  return (
    <section id={event} class="card" aria-label={LABELS[event]}>
      <form method="post" action={`${HERE}/switch`} class="head">
        <h2>{LABELS[event]}</h2>
        <input type="hidden" name="event" value={event} />
        <button name="on" value={String(!on)} role="switch" aria-checked={on} aria-label={LABELS[event]} class="plain">
          {on ? 'On' : 'Off'}
        </button>
      </form>
      {webhooks.map((webhook) => (
        <WebhookCard key={webhook.id} webhook={webhook} />
      ))}
      <form method="post" action={`${HERE}/add`} class="add">
        <input type="hidden" name="event" value={event} />
        <label>
          URL
          <input type="url" name="url" placeholder="https://" required />
        </label>
        <button>+ Add webhook</button>
      </form>
      {deliveries.length > 0 && <Deliveries deliveries={deliveries} />}
    </section>
  )
}

/**
 * Webhooks created through the API are visible here but cannot be changed, and only their creator has the token (Lever's API
 * documentation).
 */
function WebhookCard({ webhook }: { webhook: Webhook }): VNode {
  if (webhook.madeBy !== 'ui') {
    return (
      <p class="hook">
        <code>{webhook.url}</code> <small>created through the API</small>
      </p>
    )
  }
  return (
    <div class="hook">
      <code>{webhook.url}</code>
      <label>
        Signature token
        <input readonly value={webhook.signatureToken} />
      </label>
      <div class="actions">
        <form method="post" action={`${HERE}/${webhook.id}/verify`}>
          <button>Verify connection</button>
        </form>
        <form method="post" action={`${HERE}/${webhook.id}/remove`}>
          <button class="plain">Remove</button>
        </form>
      </div>
    </div>
  )
}

function Deliveries({ deliveries }: { deliveries: Delivery[] }): VNode {
  return (
    <details open={deliveries[0]?.status !== 'succeeded'}>
      <summary>Recent deliveries ({deliveries.length})</summary>
      <ul class="rows">
        {deliveries.slice(0, SHOWN_DELIVERIES).map((delivery) => (
          <li key={delivery.id}>
            <span>
              {new Date(delivery.createdAt).toISOString()} · <strong>{delivery.status}</strong> · {outcome(delivery)}
            </span>
            <form method="post" action={`${HERE}/deliveries/${delivery.id}/rerun`}>
              <button class="plain">Rerun</button>
            </form>
          </li>
        ))}
      </ul>
    </details>
  )
}

function outcome({ attempts }: Delivery): string {
  const last = attempts.at(-1)
  if (!last) return 'not sent yet'
  return `${last.status ?? last.error} after ${attempts.length} ${attempts.length === 1 ? 'attempt' : 'attempts'}`
}
