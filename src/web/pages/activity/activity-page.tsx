import type { AuditEvent } from '../../../audit/audit.ts'
import type { EarlierHead } from '../../../audit/verify-audit.ts'
import type { Page } from '../../../paging.ts'
import type { DeliveryView } from '../../../webhooks/delivery-view.ts'
import type { Refusal } from '../../../webhooks/refusals.ts'
import { AuditTrail } from './activity-audit.tsx'
import { Deliveries } from './activity-deliveries.tsx'
import type { AuditNames } from '../../audit-names.ts'
import type { ActivityQuery } from './activity-query.ts'
import { RefusedDeliveries } from './activity-refused.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { activityTexts } from './texts-activity.ts'

export interface ActivityPageProps {
  query: ActivityQuery
  deliveries: Page<DeliveryView>
  refusals: readonly Refusal[]
  events: Page<AuditEvent>
  names: AuditNames
  /** Null if it cannot be read. */
  head: EarlierHead | null
}

/** Lever's deliveries and the audit trail. */
export function ActivityPage({ query, deliveries, refusals, events, names, head }: ActivityPageProps) {
  const t = activityTexts(usePage().language)
  return (
    <Layout title={t.title} lead={t.lead}>
      <Deliveries deliveries={deliveries} query={query} />
      <RefusedDeliveries refusals={refusals} next="webhooks" />
      <AuditTrail events={events} names={names} query={query} head={head} />
    </Layout>
  )
}
