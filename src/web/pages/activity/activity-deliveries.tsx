import { isWebhookEvent, labelOf, WEBHOOK_EVENTS } from '../../../connection/webhook-events.ts'
import type { Page } from '../../../paging.ts'
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../../webhooks/delivery-model.ts'
import type { DeliveryView } from '../../../webhooks/delivery-view.ts'
import { activityAddress, choiceOf, isReplayable, type ActivityQuery, type DeliveryChoice } from './activity-query.ts'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { activityTexts } from './texts-activity.ts'
import { deliveryErrorWords } from './texts-delivery.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

const LOOKS: Record<DeliveryStatus, string> = { held: 'warn', received: '', processed: 'ok', ignored: '', failed: 'bad' }

/** Webhook deliveries from Lever: each with its outcome and **Replay**. */
export function Deliveries({ deliveries, query }: { deliveries: Page<DeliveryView>; query: ActivityQuery }) {
  const t = activityTexts(usePage().language)
  const choice = choiceOf(query)
  const isFiltered = Object.keys(choice).length > 0
  return (
    <section class="card" aria-labelledby="deliveries">
      <h2 id="deliveries">{t.deliveries}</h2>
      {deliveries.data.length === 0 && !isFiltered ? <NoneYet /> : <Filter query={query} />}
      {deliveries.data.length === 0 && isFiltered ? <p>{t.noneSo}</p> : null}
      {deliveries.data.length === 0 ? null : (
        <Table heads={[t.event, t.status, t.received, '']} label={t.deliveries}>
          {deliveries.data.map((delivery) => (
            <DeliveryRow key={delivery.id} delivery={delivery} />
          ))}
        </Table>
      )}
      {deliveries.data.length > 0 && isFiltered && isReplayable(choice.status) ? <ReplayAll choice={choice} /> : null}
      <nav class="pages" aria-label={t.deliveries}>
        {query.deliveries === undefined ? null : <a href={activityAddress({ ...query, deliveries: undefined })}>{t.newest}</a>}
        {deliveries.nextCursor === null ? null : <a href={activityAddress({ ...query, deliveries: deliveries.nextCursor })}>{t.older}</a>}
      </nav>
    </section>
  )
}

function NoneYet() {
  const t = activityTexts(usePage().language)
  return (
    <p>
      {t.noDeliveries} <a href="/settings/ats/webhooks">{t.toWebhooks}</a>
    </p>
  )
}

function Filter({ query }: { query: ActivityQuery }) {
  const t = activityTexts(usePage().language)
  return (
    <form action="/activity" method="get" class="toolbar">
      <select name="event" aria-label={t.event}>
        <option value="">{t.allEvents}</option>
        {WEBHOOK_EVENTS.map((event) => (
          <option key={event} value={event} selected={event === query.event}>
            {labelOf(event)}
          </option>
        ))}
      </select>
      <select name="status" aria-label={t.status}>
        <option value="">{t.allStatuses}</option>
        {DELIVERY_STATUSES.map((status) => (
          <option key={status} value={status} selected={status === query.status}>
            {statusWords(status, t)}
          </option>
        ))}
      </select>
      <Minute name="from" label={t.from} value={query.from} />
      <Minute name="to" label={t.to} value={query.to} />
      <button type="submit" class="quiet">
        {t.show}
      </button>
    </form>
  )
}

function Minute({ name, label, value }: { name: 'from' | 'to'; label: string; value: string | undefined }) {
  return (
    <label>
      {label}
      <input type="datetime-local" name={name} value={value ?? ''} />
    </label>
  )
}

function ReplayAll({ choice }: { choice: DeliveryChoice }) {
  return (
    <Form action="/activity/deliveries/replay">
      {Object.entries(choice).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class="quiet">
        {activityTexts(usePage().language).replayAll}
      </button>
    </Form>
  )
}

function DeliveryRow({ delivery }: { delivery: DeliveryView }) {
  const { language } = usePage()
  const t = activityTexts(language)
  const { id, event, receivedAt, error } = delivery
  return (
    <Row>
      <RowHead id={`delivery-${id}`}>
        <EventName event={event} />
      </RowHead>
      <Cell head={t.status}>
        <DeliveryStatusBadge status={delivery.status} />
        {error === null ? null : <div class="small detail">{deliveryErrorWords(language, error)}</div>}
      </Cell>
      <Cell head={t.received}>
        <TimeAgo at={receivedAt} />
      </Cell>
      <Cell>
        <div class="actions">
          <a href={`/activity/deliveries/${id}`} role="button" class="quiet" aria-describedby={`delivery-${id}`}>
            {t.details}
          </a>
          <Replay delivery={delivery} />
        </div>
      </Cell>
    </Row>
  )
}

export function EventName({ event }: { event: string }) {
  return isWebhookEvent(event) ? (
    <>
      {labelOf(event)}
      <div class="small">
        <code>{event}</code>
      </div>
    </>
  ) : (
    <code>{event}</code>
  )
}

export function DeliveryStatusBadge({ status }: { status: DeliveryStatus }) {
  return <span class={`badge ${LOOKS[status]}`}>{statusWords(status, activityTexts(usePage().language))}</span>
}

/** Renders nothing for a held delivery, or for one whose payload was deleted. */
export function Replay({ delivery: { id, status, payload } }: { delivery: DeliveryView }) {
  const { language, here } = usePage()
  if (status === 'held' || payload === null) return null
  return (
    <Form action={`/activity/deliveries/${id}/replay`}>
      <input type="hidden" name="next" value={here} />
      <button type="submit" class="quiet" aria-describedby={`delivery-${id}`}>
        {activityTexts(language).replay}
      </button>
    </Form>
  )
}

function statusWords(status: DeliveryStatus, t: ReturnType<typeof activityTexts>): string {
  return status === 'received' ? t.receivedStatus : t[status]
}
