import type { DeliveryView } from '../../../webhooks/delivery-view.ts'
import { DeliveryStatusBadge, EventName, Replay } from './activity-deliveries.tsx'
import { Fact } from '../kit/fact.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { activityTexts } from './texts-activity.ts'
import { deliveryErrorWords, deliveryTexts, effectWords } from './texts-delivery.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

/** One delivery: its content, whether its signature is valid, its attempts and its outcome. */
export function DeliveryPage({ delivery }: { delivery: DeliveryView }) {
  const t = activityTexts(usePage().language)
  return (
    <Layout title={t.detailsOf(delivery.event)} width="narrow">
      <p class="small">
        <a href="/activity">{t.back}</a>
      </p>
      <section class="card">
        <Facts delivery={delivery} />
        <Replay delivery={delivery} />
      </section>
      <Effects delivery={delivery} />
      <Payload delivery={delivery} />
    </Layout>
  )
}

function Facts({ delivery }: { delivery: DeliveryView }) {
  const { language } = usePage()
  const t = activityTexts(language)
  const d = deliveryTexts(language)
  const { id, event, leverId, triggeredAt, receivedAt, status, error, opportunityId, signature, nextTryAt } = delivery
  return (
    <dl class="facts" id={`delivery-${id}`}>
      <Fact name={t.event}>
        <EventName event={event} />
      </Fact>
      <Fact name={t.status}>
        <DeliveryStatusBadge status={status} />
      </Fact>
      <Fact name={d.signature}>{signature === 'verified' ? d.signatureVerified : d.signatureUnchecked}</Fact>
      <Fact name={t.triggered}>
        <TimeAgo at={triggeredAt} />
      </Fact>
      <Fact name={t.received}>
        <TimeAgo at={receivedAt} />
      </Fact>
      {leverId === null ? null : <Fact name={t.leverId}>{leverId}</Fact>}
      {opportunityId === null ? null : <Fact name={d.opportunity}>{opportunityId}</Fact>}
      {error === null ? null : <Fact name={t.error}>{deliveryErrorWords(language, error)}</Fact>}
      {nextTryAt === null ? null : (
        <Fact name={d.nextTry}>
          <TimeAgo at={nextTryAt} />
        </Fact>
      )}
    </dl>
  )
}

function Effects({ delivery: { status, effects, tries, attempts, error } }: { delivery: DeliveryView }) {
  const { language } = usePage()
  const t = activityTexts(language)
  const d = deliveryTexts(language)
  return (
    <section class="card" aria-labelledby="effects">
      <h2 id="effects">{d.effects}</h2>
      {effects.length === 0 ? <p>{status === 'processed' ? d.noEffects : d.noEffectsYet}</p> : null}
      {effects.length === 0 ? null : (
        <ul>
          {effects.map(({ effect, detail }) => (
            <li key={`${effect} ${detail ?? ''}`}>{effectWords(language, effect, detail)}</li>
          ))}
        </ul>
      )}
      <h3>
        {t.attempts}: {attempts}
      </h3>
      {tries.length === 0 ? null : (
        <ol>
          {tries.map(({ at, outcome, waitingFor, detail }) => (
            <li key={at}>
              <TimeAgo at={at} />: {d[outcome]}
              {waitingFor === null ? null : <span class="small"> {d.waitsFor[waitingFor]}</span>}
              {detail === null ? null : (
                <span class="small"> {detail === error?.detail ? deliveryErrorWords(language, error) : detail}</span>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Payload({ delivery: { status, payload } }: { delivery: DeliveryView }) {
  const t = activityTexts(usePage().language)
  return (
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
  )
}
