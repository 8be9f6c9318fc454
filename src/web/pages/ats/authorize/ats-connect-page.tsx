import type { ConnectionView } from '../../../../connection/connection-view.ts'
import { permissionWords, type KeyPermission } from '../../../../connection/key-permissions.ts'
import type { Needed } from '../../../../connection/lever-access.ts'
import { Form } from '../../kit/form.tsx'
import { Layout } from '../../site/layout.tsx'
import { usePage } from '../../kit/page-context.ts'
import { ScopeList } from '../scope-list.tsx'
import { connectTexts } from './texts-connect.ts'
import { atsSettingsTexts } from '../settings/texts-settings.ts'
import { featureNames } from '../texts-features.ts'
import { wizardTexts } from '../texts-wizard.ts'
import { WizardSteps } from '../wizard-steps.tsx'

export interface AtsConnectPageProps {
  connection: ConnectionView
  /** The scopes that Authorize requests; null without an OAuth app. */
  scopes: readonly Needed[] | null
  permissions: readonly Needed<KeyPermission>[]
  /** A pasted key and why it was refused. */
  refused?: { apiKey: string; why: string } | undefined
}

/** The page before Lever is connected: what will be requested and why, **Authorize**, or an API key. */
export function AtsConnectPage({ connection, scopes, permissions, refused }: AtsConnectPageProps) {
  const { language } = usePage()
  const t = connectTexts(language)
  return (
    <Layout title={t.title} lead={t.lead}>
      <WizardSteps connection={connection} current="connect" />
      <Form action="/settings/ats" id="connect">
        <section class="card">
          <label for="application">{t.application}</label>
          <select id="application" name="application" class="short">
            <option value="lever" selected>
              Lever
            </option>
          </select>
        </section>
        <h2>{t.how}</h2>
        <div class="columns">
          <div>
            {scopes === null ? <p class="card">{t.noOauth}</p> : <AuthorizeCard />}
            <ApiKeyCard permissions={permissions} refused={refused} isOnlyWay={scopes === null} />
          </div>
          {scopes === null ? null : (
            <section class="card" aria-labelledby="scopes">
              <h3 id="scopes">{t.scopes}</h3>
              <p>{featureNames(language, connection.settings.features)}</p>
              <ScopeList scopes={scopes} />
              <a href="/settings/ats/settings">{atsSettingsTexts(language).change}</a>
            </section>
          )}
        </div>
      </Form>
      <Form action="/settings/ats/authorize" id="authorize-form">
        {null}
      </Form>
    </Layout>
  )
}

function AuthorizeCard() {
  const t = connectTexts(usePage().language)
  return (
    <section class="card" aria-labelledby="authorize">
      <h3 id="authorize">
        {t.inLever} <span class="badge ok">{t.recommended}</span>
      </h3>
      <p>{t.needed}</p>
      <ul>
        <li>{t.superAdmin}</li>
        <li>{t.lately}</li>
      </ul>
      <p class="actions">
        <button type="submit" form="authorize-form">
          {t.authorize}
        </button>
      </p>
      <p class="small">{t.next}</p>
    </section>
  )
}

function ApiKeyCard({ permissions, refused, isOnlyWay }: Pick<AtsConnectPageProps, 'permissions' | 'refused'> & { isOnlyWay: boolean }) {
  const { language } = usePage()
  const t = connectTexts(language)
  return (
    <section class="card" aria-labelledby="with-key">
      <h3 id="with-key">{t.withKey}</h3>
      <label for="api-key">{t.apiKey}</label>
      <input
        id="api-key"
        name="apiKey"
        type="text"
        class="secret"
        value={refused?.apiKey}
        aria-invalid={refused ? true : undefined}
        aria-describedby="api-key-help"
        autocomplete="off"
        spellcheck={false}
        maxlength={500}
      />
      <p id="api-key-help" class="small">
        {refused ? <span class="field-error">{refused.why} </span> : null}
        {t.keyPlace}
      </p>
      <details>
        <summary>{t.permissions}</summary>
        <p class="small">{t.permissionsFixed}</p>
        <ul class="small">
          {permissions.map(({ name, features }) => (
            <li key={name}>
              {permissionWords(name)} <span class="small">({featureNames(language, features)})</span>
            </li>
          ))}
        </ul>
      </details>
      <p class="actions">
        <button type="submit" class={isOnlyWay ? '' : 'quiet'}>
          {wizardTexts(language).saveAndProceed}
        </button>
      </p>
    </section>
  )
}
