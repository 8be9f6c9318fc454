import type { AuditEvent } from '../../audit/audit.ts'
import type { Page } from '../../paging.ts'
import type { DeliveryView } from '../../webhooks/delivery-view.ts'
import { AuditTrail } from './activity-audit.tsx'
import { Deliveries, DeliveryStatusBadge, EventName, Replay } from './activity-deliveries.tsx'
import type { AuditNames } from './activity-names.ts'
import type { ActivityQuery } from './activity-query.ts'
import { Fact } from './fact.tsx'
import { Layout } from './layout.tsx'
import { usePage } from './page-context.ts'
import { activityTexts } from './texts-activity.ts'
import { TimeAgo } from './time-ago.tsx'

export interface ActivityPageProps {
  query: ActivityQuery
  deliveries: Page<DeliveryView>
  events: Page<AuditEvent>
  names: AuditNames
}

/** What Lever told, and who did what. */
export function ActivityPage({ query, deliveries, events, names }: ActivityPageProps) {
  const t = activityTexts(usePage().language)
  return (
    <Layout title={t.title} lead={t.lead}>
      <Deliveries deliveries={deliveries} query={query} />
      <AuditTrail events={events} names={names} query={query} />
    </Layout>
  )
}

/** One delivery as it came. */
export function DeliveryPage({ delivery }: { delivery: DeliveryView }) {
  const t = activityTexts(usePage().language)
  const { id, event, leverId, triggeredAt, receivedAt, status, attempts, error, payload } = delivery
  return (
    <Layout title={t.detailsOf(event)} width="narrow">
      <p class="small">
        <a href="/activity">{t.back}</a>
      </p>
      <section class="card">
        <dl class="facts" id={`delivery-${id}`}>
          <Fact name={t.event}>
            <EventName event={event} />
          </Fact>
          <Fact name={t.status}>
            <DeliveryStatusBadge status={status} />
          </Fact>
          <Fact name={t.triggered}>
            <TimeAgo at={triggeredAt} />
          </Fact>
          <Fact name={t.received}>
            <TimeAgo at={receivedAt} />
          </Fact>
          <Fact name={t.attempts}>{attempts}</Fact>
          {leverId === null ? null : <Fact name={t.leverId}>{leverId}</Fact>}
          {error === null ? null : <Fact name={t.error}>{error.detail}</Fact>}
        </dl>
        <Replay delivery={delivery} />
      </section>
      <section class="card contents">
        <h2>{t.payload}</h2>
        {payload === null ? (
          <p>{status === 'held' ? t.payloadHeld : t.payloadGone}</p>
        ) : (
          <pre tabIndex={0}>
            <code>{JSON.stringify(payload, null, 2)}</code>
          </pre>
        )}
      </section>
    </Layout>
  )
}
