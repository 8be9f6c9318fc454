import type { ConnectionView } from '../../connection/connection-view.ts'
import type { GrantClocks } from '../../connection/grant-clocks.ts'
import { Fact } from './fact.tsx'
import { Form } from './form.tsx'
import { usePage } from './page-context.ts'
import { connectTexts } from './texts-ats-connect.ts'
import { overviewTexts } from './texts-ats-overview.ts'
import { wizardTexts } from './texts-wizard.ts'
import { TimeAgo } from './time-ago.tsx'

const SOON_MS = 30 * 86_400_000

export interface AccessCardProps {
  connection: ConnectionView
  clocks: GrantClocks
  canAuthorize: boolean
}

/** Who gave access, when, and until when it lasts. */
export function AccessCard({ connection, clocks, canAuthorize }: AccessCardProps) {
  const t = overviewTexts(usePage().language)
  const { auth, environment, status } = connection
  return (
    <section class="card" aria-labelledby="access">
      <h2 id="access">{t.access}</h2>
      <dl class="facts">
        <Fact name={t.application}>{environment === 'production' ? 'Lever' : `Lever · ${t[environment]}`}</Fact>
        {auth?.kind === 'oauth' ? (
          <Fact name={t.authorizedBy(auth.authorizedBy)}>
            <TimeAgo at={auth.authorizedAt} />
          </Fact>
        ) : null}
        {auth?.kind === 'apiKey' ? (
          <>
            <Fact name={t.keyAddedBy(auth.addedBy)}>
              <TimeAgo at={auth.addedAt} />
            </Fact>
            <Fact name={t.keyEnding}>
              <code>{`…${auth.lastFour}`}</code>
            </Fact>
          </>
        ) : null}
        {status === 'revoked' ? null : <Clocks clocks={clocks} />}
      </dl>
      {auth?.kind === 'apiKey' ? <p class="small">{t.keyLasts}</p> : null}
      {auth?.kind === 'apiKey' || !canAuthorize ? <AnotherKey /> : null}
      {canAuthorize ? (
        <Form action="/settings/ats/authorize">
          <button type="submit" class={status === 'revoked' ? '' : 'quiet'}>
            {status === 'revoked' ? t.authorize : t.authorizeAgain}
          </button>
        </Form>
      ) : null}
    </section>
  )
}

/** Keys are replaced by another, since Lever changes nothing about one. */
function AnotherKey() {
  const { language } = usePage()
  const t = connectTexts(language)
  return (
    <details>
      <summary>{t.anotherKey}</summary>
      <Form action="/settings/ats">
        <label for="api-key">{t.apiKey}</label>
        <input id="api-key" name="apiKey" type="text" class="secret" required autocomplete="off" spellcheck={false} maxlength={500} />
        <button type="submit">{wizardTexts(language).saveAndProceed}</button>
      </Form>
    </details>
  )
}

function Clocks({ clocks: { accessTokenExpiresAt, idleEndsAt, endsAt } }: { clocks: GrantClocks }) {
  const t = overviewTexts(usePage().language)
  return (
    <>
      {accessTokenExpiresAt === null ? null : <AccessTokenClock expiresAt={accessTokenExpiresAt} />}
      {idleEndsAt === null ? null : <EndClock name={t.idle} endsAt={idleEndsAt} />}
      {endsAt === null ? null : <EndClock name={t.year} endsAt={endsAt} />}
    </>
  )
}

function AccessTokenClock({ expiresAt }: { expiresAt: Date }) {
  const t = overviewTexts(usePage().language)
  const isOver = expiresAt.getTime() <= Date.now()
  return (
    <Fact name={t.accessToken}>
      {isOver
        ? t.accessTokenOver
        : [<TimeAgo key="at" at={expiresAt.toISOString()} />, <span key="words" class="small">{` ${t.accessTokenRenews}`}</span>]}
    </Fact>
  )
}

function EndClock({ name, endsAt }: { name: string; endsAt: Date }) {
  const t = overviewTexts(usePage().language)
  const isSoon = endsAt.getTime() - Date.now() < SOON_MS
  return (
    <Fact name={name}>
      <TimeAgo at={endsAt.toISOString()} />
      {isSoon ? <span class="badge warn">{t.endsSoon}</span> : null}
    </Fact>
  )
}
