import type { OwnSession } from '../../../accounts/own-sessions.ts'
import { Fact } from '../kit/fact.tsx'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { LANGUAGE_NAMES } from '../site/language-switch.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { PasswordCard, type PasswordCardProps } from './password-card.tsx'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { LANGUAGES } from '../../shell/languages.ts'
import { accountTexts } from './texts-account.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

export interface AccountPageProps extends Pick<PasswordCardProps, 'state' | 'refused'> {
  sessions: readonly OwnSession[]
}

/** The settings of the signed-in person. */
export function AccountPage({ state, refused, sessions }: AccountPageProps) {
  const t = accountTexts(usePage().language)
  return (
    <Layout title={t.title} lead={t.lead}>
      <div class="cards">
        <Who />
        <PasswordCard state={state} refused={refused} />
        <section class="card" aria-labelledby="language-title">
          <h2 id="language-title">{t.language}</h2>
          <p>{t.languageLead}</p>
          <LanguageChoice />
        </section>
      </div>
      <Sessions sessions={sessions} />
    </Layout>
  )
}

function LanguageChoice() {
  const { language } = usePage()
  const t = accountTexts(language)
  return (
    <Form action="/language?next=/account">
      <Field id="language" label={t.language}>
        {(tie) => (
          <select {...tie} name="language">
            {LANGUAGES.map((code) => (
              <option key={code} value={code} lang={code} selected={code === language}>
                {LANGUAGE_NAMES[code]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <p class="actions end">
        <button type="submit" class="quiet">
          {t.saveLanguage}
        </button>
      </p>
    </Form>
  )
}

function Who() {
  const { language, caller, organizationName, canSwitch } = usePage()
  const t = accountTexts(language)
  if (caller === null) return null
  return (
    <section class="card" aria-labelledby="who-title">
      <h2 id="who-title">{t.you}</h2>
      <dl class="facts">
        <Fact name={t.name}>{caller.name}</Fact>
        <Fact name={t.email}>{caller.email}</Fact>
        <Fact name={t.organization}>{organizationName}</Fact>
        <Fact name={t.role}>{t[caller.role]}</Fact>
      </dl>
      {canSwitch ? <a href="/account/organizations">{t.switchOrganization}</a> : <p class="small">{t.changedBy}</p>}
    </section>
  )
}

function Sessions({ sessions }: Pick<AccountPageProps, 'sessions'>) {
  const t = accountTexts(usePage().language)
  return (
    <section class="card" aria-labelledby="sessions-title">
      <h2 id="sessions-title">{t.sessions}</h2>
      <p>{t.sessionsLead}</p>
      <Table heads={[t.signedIn, t.by, t.lastUsed]} label={t.sessions}>
        {sessions.map(({ by, signedInAt, usedAt, isThis }, index) => (
          <Row key={index}>
            <RowHead>
              <TimeAgo at={signedInAt.toISOString()} /> {isThis ? <span class="badge ok">{t.thisBrowser}</span> : null}
            </RowHead>
            <Cell head={t.by}>{t[by]}</Cell>
            <Cell head={t.lastUsed}>
              <TimeAgo at={usedAt.toISOString()} />
            </Cell>
          </Row>
        ))}
      </Table>
      <Form action="/account/sign-out-everywhere" class="actions end">
        <button type="submit" class="quiet danger">
          {t.signOutEverywhere}
        </button>
      </Form>
    </section>
  )
}
