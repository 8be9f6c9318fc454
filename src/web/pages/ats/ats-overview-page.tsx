import type { ConnectionView } from '../../../connection/connection-view.ts'
import type { GrantClocks } from '../../../connection/grant.ts'
import type { Needed } from '../../../connection/lever-access.ts'
import type { BudgetDescription } from '../../../lever/request-budget.ts'
import type { ResourceAge } from '../../../mirror/record-ages.ts'
import { AccessCard } from './ats-access-card.tsx'
import { AuditCard } from './ats-audit-card.tsx'
import { BudgetCard } from './ats-budget-card.tsx'
import { MirrorCard } from './ats-mirror-card.tsx'
import { ScopesCard } from './ats-scopes-card.tsx'
import { Fact } from '../kit/fact.tsx'
import { Form } from '../kit/form.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { atsSettingsTexts } from './settings/texts-settings.ts'
import { overviewTexts, revocationTexts } from './texts-overview.ts'
import { featureTexts } from './texts-features.ts'
import { warningTexts } from './texts-warnings.ts'
import { TimeAgo } from '../kit/time-ago.tsx'
import { warningWords } from './warning-words.ts'
import { WizardSteps } from './wizard-steps.tsx'

export interface AtsOverview {
  connection: ConnectionView
  /** The scopes that Authorize requests; null without an OAuth app. */
  scopes: readonly Needed[] | null
  clocks: GrantClocks
  /** Null if no request was ever sent to Lever. */
  budget: BudgetDescription | null
  ages: readonly ResourceAge[]
  /** `isKeyEdited`: the form for another API key is open. `refused`: a pasted key and why it was refused. */
  isKeyEdited: boolean
  refused?: { apiKey: string; why: string } | undefined
}

const STATUS_LOOKS = { disconnected: '', configuring: 'warn', active: 'ok', paused: 'warn', revoked: 'bad' } as const

/** A connected Lever account: its state, how long its access lasts, and its actions. */
export function AtsOverviewPage(overview: AtsOverview) {
  const { connection } = overview
  const { status } = connection
  const { language } = usePage()
  const t = overviewTexts(language)
  return (
    <Layout title={t.title} lead={<StatusLine status={status} />} actions={<Actions status={status} />}>
      <WizardSteps connection={connection} current="connect" />
      {status === 'revoked' ? (
        <p class="notice bad" role="alert">
          {`${revocationTexts(language)[connection.revokedBecause ?? 'unknown']} ${t.revokedLead}`}
        </p>
      ) : null}
      <Warnings connection={connection} />
      <div class="cards">
        <AccessCard
          connection={connection}
          clocks={overview.clocks}
          canAuthorize={overview.scopes !== null}
          isKeyEdited={overview.isKeyEdited}
          refused={overview.refused}
        />
        <WebhooksCard webhooks={connection.webhooks} />
        <PeopleCard mapping={connection.mapping} />
        <FeaturesCard features={connection.features} />
        <SettingsCard settings={connection.settings} />
        {overview.budget === null ? null : <BudgetCard budget={overview.budget} />}
        {connection.status === 'disconnected' ? null : <AuditCard audit={connection.exportAudit} />}
        <MirrorCard sync={connection.sync} ages={overview.ages} />
        <ScopesCard connection={connection} needed={overview.scopes} />
      </div>
    </Layout>
  )
}

function StatusLine({ status }: Pick<ConnectionView, 'status'>) {
  const t = overviewTexts(usePage().language)
  return (
    <>
      <span class={`badge ${STATUS_LOOKS[status]}`}>{t[status]}</span> {status === 'revoked' ? null : t[`${status}Lead`]}
    </>
  )
}

function Actions({ status }: Pick<ConnectionView, 'status'>) {
  const t = overviewTexts(usePage().language)
  return (
    <>
      {status === 'active' ? (
        <Form action="/settings/ats/pause">
          <button type="submit" class="quiet">
            {t.pause}
          </button>
        </Form>
      ) : null}
      {status === 'paused' ? (
        <Form action="/settings/ats/activate">
          <button type="submit">{t.activate}</button>
        </Form>
      ) : null}
      {status === 'configuring' ? (
        <a href="/settings/ats/activate" role="button">
          {t.toActivate}
        </a>
      ) : null}
      <a href="/settings/ats/disconnect" role="button" class="quiet danger">
        {t.disconnect}
      </a>
    </>
  )
}

function Warnings({ connection }: { connection: ConnectionView }) {
  const { language } = usePage()
  const warnings = warningWords(language, connection)
  if (warnings.length === 0) return null
  return (
    <section class="notice warn" aria-labelledby="warnings">
      <h2 id="warnings">{warningTexts(language).title}</h2>
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </section>
  )
}

function WebhooksCard({ webhooks }: Pick<ConnectionView, 'webhooks'>) {
  const t = overviewTexts(usePage().language)
  const shown = webhooks.filter(({ recommended, configured, lastReceivedAt }) => recommended || configured || lastReceivedAt)
  return (
    <section class="card" aria-labelledby="webhooks-seen">
      <h2 id="webhooks-seen">{t.webhooks}</h2>
      <dl class="facts">
        {shown.map(({ event, label, configured, held, lastReceivedAt, lastVerifiedAt, lastRefusedAt }) => {
          const seenAt = lastReceivedAt ?? lastVerifiedAt
          return (
            <Fact key={event} name={label}>
              {seenAt === null ? configured ? t.never : <span class="badge warn">{t.noToken}</span> : <TimeAgo at={seenAt} />}{' '}
              {lastRefusedAt === null ? null : <span class="badge bad">{t.refused}</span>}{' '}
              {held === 0 ? null : <span class="badge warn">{t.held(held)}</span>}
            </Fact>
          )
        })}
      </dl>
      <a href="/settings/ats/webhooks">{t.webhooksLink}</a>
    </section>
  )
}

function PeopleCard({ mapping: { mapped, active } }: Pick<ConnectionView, 'mapping'>) {
  const t = overviewTexts(usePage().language)
  return (
    <section class="card" aria-labelledby="people-mapped">
      <h2 id="people-mapped">{t.people}</h2>
      <p>{t.peopleCount(mapped, active)}</p>
      <a href="/settings/ats/users">{t.peopleLink}</a>
    </section>
  )
}

/** A feature works only if Lever has granted it. */
function FeaturesCard({ features }: Pick<ConnectionView, 'features'>) {
  const { language } = usePage()
  const t = featureTexts(language)
  return (
    <section class="card" aria-labelledby="features">
      <h2 id="features">{t.title}</h2>
      <dl class="facts">
        {features.map(({ feature, granted, missing }) => (
          <Fact key={feature} name={t[feature]}>
            {granted ? <span class="badge ok">{t.granted}</span> : <span class="badge bad">{t.waits}</span>}
            {granted ? null : <code class="small">{missing.join(', ')}</code>}
          </Fact>
        ))}
      </dl>
      <a href="/settings/ats/settings">{atsSettingsTexts(language).change}</a>
    </section>
  )
}

function SettingsCard({ settings: { sourceName } }: Pick<ConnectionView, 'settings'>) {
  const { language } = usePage()
  const t = atsSettingsTexts(language)
  return (
    <section class="card" aria-labelledby="settings-now">
      <h2 id="settings-now">{t.title}</h2>
      <dl class="facts">
        <Fact name={t.sourceName}>{sourceName}</Fact>
      </dl>
      <a href="/settings/ats/settings">{t.change}</a>
    </section>
  )
}
