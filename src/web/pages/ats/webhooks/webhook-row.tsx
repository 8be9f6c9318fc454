import type { ConnectionView } from '../../../../connection/connection-view.ts'
import type { RefusalCause } from '../../../../webhooks/refusal-model.ts'
import { usePage } from '../../kit/page-context.ts'
import { SignatureTokenField, type PastedTokens } from './signature-token-field.tsx'
import { Cell, Row, RowHead } from '../../kit/table.tsx'
import { activityTexts } from '../../activity/texts-activity.ts'
import { webhooksTexts } from './texts-webhooks.ts'
import { TimeAgo } from '../../kit/time-ago.tsx'

type Webhook = ConnectionView['webhooks'][number]

interface WebhookRowProps {
  webhook: Webhook
  /** Changes happened, but Lever sent nothing. */
  isSilent: boolean
  /** Why the latest delivery was refused; undefined if that is no longer known. */
  whyRefused: RefusalCause | undefined
  pasted: PastedTokens['any']
}

/** One event: Lever's label and API name, the state of its webhook, and the field for its token. */
export function WebhookRow({ webhook, isSilent, whyRefused, pasted }: WebhookRowProps) {
  const t = webhooksTexts(usePage().language)
  const { event, label, configured, lastReceivedAt, lastVerifiedAt, lastRefusedAt, held, missed } = webhook
  const isRefused = lastRefusedAt !== null
  const { look, text } = isSilent && !isRefused ? { look: 'bad', text: t.switchedOff } : stateOf(webhook, t)
  return (
    <Row>
      <RowHead id={`event-${event}`}>
        {label} <code>{event}</code>
      </RowHead>
      <Cell head={t.status}>
        <span class={`badge ${look}`}>{text}</span>
        {isRefused ? <Refused at={lastRefusedAt} why={whyRefused} /> : null}
        {lastReceivedAt === null ? null : (
          <span class="small">
            {t.lastReceived} <TimeAgo at={lastReceivedAt} />
          </span>
        )}
        {lastReceivedAt !== null || lastVerifiedAt === null ? null : (
          <span class="small">
            {t.lastVerified} <TimeAgo at={lastVerifiedAt} />
          </span>
        )}
        {missed === 0 ? null : <span class="small">{t.missed(missed)}</span>}
        {held === 0 ? null : <span class="badge warn">{t.held(held)}</span>}
      </Cell>
      <Cell head={t.signatureToken}>
        <SignatureTokenField place={event} isKnown={configured} pasted={pasted} />
        {configured ? (
          <a href={`/settings/ats/webhooks/${event}/remove`} class="small" aria-label={`${t.remove}: ${label}`}>
            {t.remove}
          </a>
        ) : null}
      </Cell>
    </Row>
  )
}

function Refused({ at, why }: { at: string; why: RefusalCause | undefined }) {
  const { language } = usePage()
  const t = webhooksTexts(language)
  return (
    <span class="small">
      {t.lastRefused} <TimeAgo at={at} />. {why === undefined ? null : `${activityTexts(language).refusedFor[why]}. `}
      {t.refusedCure} <a href="#refused">{t.toRefused}</a>
    </span>
  )
}

function stateOf(
  { configured, recommended, createdBy, lastReceivedAt, lastVerifiedAt, lastRefusedAt }: Webhook,
  t: ReturnType<typeof webhooksTexts>,
): { look: string; text: string } {
  if (!configured) return recommended ? { look: 'warn', text: t.missing } : { look: '', text: t.optional }
  if (lastRefusedAt !== null) return { look: 'bad', text: t.refused }
  if (lastReceivedAt !== null) return { look: 'ok', text: t.working }
  if (lastVerifiedAt !== null) return { look: 'ok', text: t.verified }
  return createdBy === 'lever-api' ? { look: 'ok', text: t.savedByApi } : { look: '', text: t.savedByHand }
}
