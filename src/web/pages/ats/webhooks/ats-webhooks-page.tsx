import type { ConnectionView } from '../../../../connection/connection-view.ts'
import type { Refusal } from '../../../../webhooks/refusals.ts'
import type { Notice } from '../../../shell/flash.ts'
import { RefusedDeliveries } from '../../activity/activity-refused.tsx'
import { CopyField } from '../../kit/copy-field.tsx'
import { Form } from '../../kit/form.tsx'
import { Layout } from '../../site/layout.tsx'
import { usePage } from '../../kit/page-context.ts'
import { SignatureTokenField, type PastedTokens } from './signature-token-field.tsx'
import { Table } from '../../kit/table.tsx'
import { webhooksTexts } from './texts-webhooks.ts'
import { wizardTexts } from '../texts-wizard.ts'
import { WebhookRow } from './webhook-row.tsx'
import { WizardSteps } from '../wizard-steps.tsx'

export interface AtsWebhooksPageProps {
  connection: ConnectionView
  /** True if the account's single signing token is known. */
  hasSingleToken: boolean
  /** The latest refused deliveries, newest first. */
  refusals: readonly Refusal[]
  pasted?: PastedTokens
  notice?: Notice | null
}

/** The wizard's step for webhooks: one button creates them, or an admin creates them by hand and pastes each signature token. */
export function AtsWebhooksPage({ connection, hasSingleToken, refusals, pasted = {}, notice = null }: AtsWebhooksPageProps) {
  const { language } = usePage()
  const t = webhooksTexts(language)
  const isConnected = !connection.missing.includes('authorization')
  const isDone = connection.webhooks.every(({ recommended, configured }) => configured || !recommended)
  return (
    <Layout title={t.title} lead={isConnected ? t.connected : t.notConnected} notice={notice}>
      <WizardSteps connection={connection} current="webhooks" />
      <section class="card" aria-labelledby="create">
        <h2 id="create">{t.create}</h2>
        {connection.webhooksByHand ? <p class="notice warn">{t.onlyByHand}</p> : null}
        <p>{t.createLead}</p>
        <p>{t.switchOn}</p>
        <Form action="/settings/ats/webhooks/provision">
          <button
            type="submit"
            class={isDone || connection.webhooksByHand ? 'quiet' : ''}
            disabled={!isConnected}
            aria-describedby={isConnected ? undefined : 'connect-first'}
          >
            {t.createAll}
          </button>
        </Form>
        {isConnected ? null : (
          <p id="connect-first" class="small">
            {t.connectFirst}
          </p>
        )}
      </section>
      <Form action="/settings/ats/webhooks" class="card">
        <h2>{t.byHand}</h2>
        <p>{t.byHandLead}</p>
        <CopyField id="endpoint-url" label={t.endpointUrl} value={connection.webhookUrl} copyLabel={t.copyUrl} />
        <Table heads={[t.event, t.status, t.signatureToken]} label={t.title}>
          {connection.webhooks.map((webhook) => (
            <WebhookRow
              key={webhook.event}
              webhook={webhook}
              isSilent={connection.warnings.includes(`webhookGroupOff:${webhook.event}`)}
              whyRefused={refusals.find(({ event, cause }) => event === webhook.event && cause !== 'outdated')?.cause}
              pasted={pasted[webhook.event]}
            />
          ))}
        </Table>
        <SingleToken isKnown={hasSingleToken} pasted={pasted.any} />
        <p class="actions end">
          <button type="submit">{wizardTexts(language).saveAndProceed}</button>
        </p>
      </Form>
      <RefusedDeliveries refusals={refusals} next="activity" />
    </Layout>
  )
}

function SingleToken({ isKnown, pasted }: { isKnown: boolean; pasted: PastedTokens['any'] }) {
  const t = webhooksTexts(usePage().language)
  return (
    <details open={isKnown || pasted !== undefined}>
      <summary>{t.single}</summary>
      <p class="small">{t.singleLead}</p>
      <div class="single-token">
        <span id="event-any">{t.anyEvent}</span>
        <SignatureTokenField place="any" isKnown={isKnown} pasted={pasted} />
        {isKnown ? <a href="/settings/ats/webhooks/any/remove">{t.remove}</a> : null}
      </div>
    </details>
  )
}
