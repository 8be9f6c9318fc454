import type { ConnectionView } from '../../../connection/connection-view.ts'
import type { GrantClocks } from '../../../connection/grant.ts'
import { Fact } from '../kit/fact.tsx'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { connectTexts } from './authorize/texts-connect.ts'
import { overviewTexts } from './texts-overview.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

const SOON_MS = 30 * 86_400_000

export interface AccessCardProps {
  connection: ConnectionView
  clocks: GrantClocks
  canAuthorize: boolean
  /** `isKeyEdited`: the form for another API key is open. `refused`: a pasted key and why it was refused. */
  isKeyEdited: boolean
  refused?: { apiKey: string; why: string } | undefined
}

/** The person who granted access, with the date of the grant and of its end. */
export function AccessCard({ connection, clocks, canAuthorize, isKeyEdited, refused }: AccessCardProps) {
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
            <Fact name={t.confidential}>{auth.confidential ? t.confidentialShown : t.confidentialHidden}</Fact>
          </>
        ) : null}
        {status === 'revoked' ? null : <Clocks clocks={clocks} />}
      </dl>
      {auth?.kind === 'apiKey' ? <p class="small">{t.keyLasts}</p> : null}
      {isKeyEdited ? <KeyForm refused={refused} /> : null}
      <div class="actions">
        {isKeyEdited ? null : <EditKey hasKey={auth?.kind === 'apiKey'} />}
        {canAuthorize ? (
          <Form action="/settings/ats/authorize">
            <button type="submit" class={status === 'revoked' ? '' : 'quiet'}>
              {status === 'revoked' ? t.authorize : t.authorizeAgain}
            </button>
          </Form>
        ) : null}
      </div>
    </section>
  )
}

/** Links to the form, which has its own address so that it works without scripts. */
function EditKey({ hasKey }: { hasKey: boolean }) {
  const t = connectTexts(usePage().language)
  return (
    <form method="get" action="/settings/ats">
      <button type="submit" name="edit" value="api-key" class="quiet">
        {hasKey ? t.editKey : t.useKey}
      </button>
    </form>
  )
}

/** Lever cannot edit a key, so it is replaced by a new one. */
function KeyForm({ refused }: Pick<AccessCardProps, 'refused'>) {
  const t = connectTexts(usePage().language)
  return (
    <Form action="/settings/ats">
      <label for="api-key">{t.apiKey}</label>
      <input
        id="api-key"
        name="apiKey"
        type="text"
        class="secret"
        value={refused?.apiKey}
        aria-invalid={refused ? true : undefined}
        aria-describedby="api-key-help"
        required
        autocomplete="off"
        spellcheck={false}
        maxlength={500}
      />
      <p id="api-key-help" class="small">
        {refused ? <span class="field-error">{refused.why} </span> : null}
        {t.keyPlace}
      </p>
      <p class="actions">
        <button type="submit">{t.saveKey}</button> <a href="/settings/ats">{t.cancel}</a>
      </p>
    </Form>
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
        : [t.accessTokenExpires, ' ', <TimeAgo key="at" at={expiresAt.toISOString()} />, ` · ${t.accessTokenRenews}`]}
    </Fact>
  )
}

function EndClock({ name, endsAt }: { name: string; endsAt: Date }) {
  const t = overviewTexts(usePage().language)
  const isSoon = endsAt.getTime() - Date.now() < SOON_MS
  return (
    <Fact name={name}>
      <TimeAgo at={endsAt.toISOString()} /> {isSoon ? <span class="badge warn">{t.endsSoon}</span> : null}
    </Fact>
  )
}
