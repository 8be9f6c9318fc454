import type { ConnectionView } from '../../connection/connection-view.ts'
import { Form } from './form.tsx'
import { Layout } from './layout.tsx'
import { usePage } from './page-context.ts'
import { atsTexts } from './texts-ats.ts'

const LOOK = { disconnected: '', configuring: 'warn', active: 'ok', paused: 'warn', revoked: 'bad' } as const

/** The Lever account as it stands, and **Authorize** with what will be asked for. `scopes` is null without an OAuth app. */
export function AtsPage({ connection, scopes }: { connection: ConnectionView; scopes: readonly string[] | null }) {
  const t = atsTexts(usePage().language)
  const { status } = connection
  return (
    <Layout title={t.title} lead={t.lead} width="narrow">
      {status === 'revoked' ? <p class="notice bad">{t.revokedNext}</p> : null}
      <section class="card">
        <h2>{t.application}</h2>
        <p>
          Lever <span class={`badge ${LOOK[status]}`}>{t[status]}</span>
        </p>
        <AccessLine auth={connection.auth} />
        {status === 'disconnected' ? null : (
          <a href="/settings/ats/webhooks" role="button" class="quiet">
            {t.webhooks}
          </a>
        )}
      </section>
      <section class="card">{scopes === null ? <p>{t.noOauth}</p> : <Authorize scopes={scopes} />}</section>
    </Layout>
  )
}

function AccessLine({ auth }: Pick<ConnectionView, 'auth'>) {
  const t = atsTexts(usePage().language)
  if (auth === null) return null
  const line =
    auth.kind === 'oauth'
      ? t.authorizedBy(auth.authorizedBy, auth.authorizedAt.slice(0, 10))
      : t.keyAddedBy(auth.addedBy, auth.lastFour, auth.addedAt.slice(0, 10))
  return <p class="small">{line}</p>
}

function Authorize({ scopes }: { scopes: readonly string[] }) {
  const t = atsTexts(usePage().language)
  return (
    <>
      <p>{t.authorizeLead}</p>
      <ul>
        {scopes.map((scope) => (
          <li key={scope}>
            <code>{scope}</code>
          </li>
        ))}
      </ul>
      <Form action="/settings/ats/authorize">
        <button type="submit">{t.authorize}</button>
      </Form>
    </>
  )
}
