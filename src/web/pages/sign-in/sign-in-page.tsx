import type { PersonRole } from '../../../accounts/person-model.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { signInTexts } from './texts-sign-in.ts'

/** A person of the sample organization, for a trial on a local machine. */
export interface SamplePerson {
  organization: string
  personId: string
  name: string
  email: string
  role: PersonRole
}

export interface SignInPageProps {
  next: string
  /** Display name of the OpenID Connect provider; null without one. */
  provider: string | null
  samplePeople: readonly SamplePerson[]
  /** The email of a refused try. */
  refused?: string | undefined
}

/** The sign-in page: by password, by the provider, by a link, or as a sample person if there are any. */
export function SignInPage({ next, provider, samplePeople, refused }: SignInPageProps) {
  const t = signInTexts(usePage().language)
  return (
    <Layout title={t.title} lead={t.lead} width="narrow">
      {samplePeople.length === 0 ? null : <SamplePeople next={next} people={samplePeople} />}
      {provider === null ? null : (
        <section class="card">
          <a href={`/sign-in/oidc?next=${encodeURIComponent(next)}`} role="button">
            {t.signInWith(provider)}
          </a>
        </section>
      )}
      <PasswordCard next={next} refused={refused} />
      <p class="small">{t.how}</p>
    </Layout>
  )
}

function PasswordCard({ next, refused }: Pick<SignInPageProps, 'next' | 'refused'>) {
  const t = signInTexts(usePage().language)
  return (
    <section class="card">
      <Form action="/sign-in">
        <input type="hidden" name="next" value={next} />
        {refused === undefined ? null : (
          <p class="notice bad" role="alert">
            {t.wrong}
          </p>
        )}
        <Field id="email" label={t.email}>
          {(tie) => (
            <input {...tie} type="text" inputmode="email" name="email" value={refused} required maxlength={320} autocomplete="username" />
          )}
        </Field>
        <Field id="password" label={t.password} help={t.forgotten}>
          {(tie) => <input {...tie} type="password" name="password" required maxlength={1000} autocomplete="current-password" />}
        </Field>
        <p class="actions end">
          <button type="submit">{t.title}</button>
        </p>
      </Form>
    </section>
  )
}

function SamplePeople({ next, people }: { next: string; people: readonly SamplePerson[] }) {
  const t = signInTexts(usePage().language)
  return (
    <section class="card" aria-labelledby="samples">
      <h2 id="samples">{t.samples}</h2>
      <p class="small">{t.samplesLead}</p>
      <Form action="/sign-in/sample">
        <input type="hidden" name="next" value={next} />
        <ul class="plain-list">
          {people.map(({ personId, name, email, role }) => (
            <li key={personId}>
              <span>
                {name}
                <br />
                <span class="small">{`${email} · ${t[role]}`}</span>
              </span>
              <button type="submit" name="personId" value={personId} class="quiet">
                {t.signInAs(name)}
              </button>
            </li>
          ))}
        </ul>
      </Form>
    </section>
  )
}

/** Shown for a sign-in link that was used or has expired: no one is signed in. */
export function SpentLinkPage() {
  const t = signInTexts(usePage().language)
  return (
    <Layout title={t.linkTitle} width="narrow">
      <section class="card">
        <p>{t.linkUsed}</p>
        <p>{t.linkNext}</p>
        <a href="/sign-in" role="button" class="quiet">
          {t.toSignIn}
        </a>
      </section>
    </Layout>
  )
}
