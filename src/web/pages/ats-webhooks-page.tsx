import type { ConnectionView } from '../../connection/connection-view.ts'
import { Form } from './form.tsx'
import { Layout } from './layout.tsx'
import { usePage } from './page-context.ts'
import { atsTexts } from './texts-ats.ts'

export interface WebhooksNotice {
  look: 'ok' | 'bad'
  text: string
}

/** The wizard's step for webhooks: made by one button, or by hand with each signature token pasted here. */
export function AtsWebhooksPage({ connection, notice }: { connection: ConnectionView; notice: WebhooksNotice | null }) {
  const t = atsTexts(usePage().language)
  const isConnected = connection.status !== 'disconnected' && connection.status !== 'revoked'
  return (
    <Layout title={t.webhooks} lead={isConnected ? t.connected : undefined}>
      {notice === null ? null : (
        <p class={`notice ${notice.look}`} role="status">
          {notice.text}
        </p>
      )}
      <section class="card">
        <p>{t.webhooksLead}</p>
        <label>
          {t.endpointUrl}
          <input type="url" readonly value={connection.webhookUrl} />
        </label>
        {isConnected ? (
          <Form action="/settings/ats/webhooks/provision">
            <button type="submit">{t.createAll}</button>
          </Form>
        ) : null}
        <p class="small">{t.switchOn}</p>
      </section>
      <Form action="/settings/ats/webhooks" class="card">
        <h2>{t.byHand}</h2>
        <p>{t.byHandLead}</p>
        <Events webhooks={connection.webhooks} />
        <button type="submit">{t.saveAndProceed}</button>
      </Form>
    </Layout>
  )
}

function Events({ webhooks }: Pick<ConnectionView, 'webhooks'>) {
  const t = atsTexts(usePage().language)
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{t.event}</th>
            <th scope="col">{t.status}</th>
            <th scope="col">{t.signatureToken}</th>
          </tr>
        </thead>
        <tbody>
          {webhooks.map((webhook) => (
            <EventRow key={webhook.event} webhook={webhook} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function EventRow({ webhook: { event, label, recommended, configured, lastVerifiedAt } }: { webhook: ConnectionView['webhooks'][number] }) {
  const t = atsTexts(usePage().language)
  return (
    <tr>
      <th scope="row">
        {label}
        <br />
        <span class="small">
          <code>{event}</code> {recommended ? null : t.optional}
        </span>
      </th>
      <td>
        <span class={`badge ${configured ? 'ok' : ''}`}>{configured ? (lastVerifiedAt ? t.verified : t.configured) : t.notConfigured}</span>
      </td>
      <td>
        <input
          name={event}
          aria-label={t.tokenOf(label)}
          placeholder={configured ? t.keep : undefined}
          autocomplete="off"
          spellcheck={false}
          maxlength={500}
        />
      </td>
    </tr>
  )
}
