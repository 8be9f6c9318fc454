import { labelOf } from '../../../connection/webhook-events.ts'
import type { Refusal } from '../../../webhooks/refusals.ts'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { activityTexts } from './texts-activity.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

/**
 * The latest refused deliveries, of which only the event and the reason are known; renders nothing if there are none. `next` links to the
 * other page with more details.
 */
export function RefusedDeliveries({ refusals, next }: { refusals: readonly Refusal[]; next: 'webhooks' | 'activity' }) {
  const t = activityTexts(usePage().language)
  if (refusals.length === 0) return null
  return (
    <section class="card" aria-labelledby="refused">
      <h2 id="refused">{t.refused}</h2>
      <p>
        {t.refusedLead} {next === 'webhooks' ? <a href="/settings/ats/webhooks">{t.toWebhooks}</a> : <a href="/activity">{t.title}</a>}
      </p>
      <Table heads={[t.event, t.refusedWhy, t.refusedAt]} label={t.refused}>
        {refusals.map(({ event, cause, at }, index) => (
          <Row key={index}>
            <RowHead>{event === null ? t.otherEvent : labelOf(event)}</RowHead>
            <Cell head={t.refusedWhy}>{t.refusedFor[cause]}</Cell>
            <Cell head={t.refusedAt}>
              <TimeAgo at={at.toISOString()} />
            </Cell>
          </Row>
        ))}
      </Table>
    </section>
  )
}
