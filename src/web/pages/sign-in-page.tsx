import type { PersonRole } from '../../accounts/person-model.ts'
import { Form } from './form.tsx'
import { Layout } from './layout.tsx'
import { usePage } from './page-context.ts'
import { signInTexts } from './texts-sign-in.ts'

/** Of the sample organization, for a trial on one's own machine. */
export interface SamplePerson {
  organization: string
  personId: string
  name: string
  email: string
  role: PersonRole
}

/** How one signs in; with the sample people where there are any. */
export function SignInPage({ next, samplePeople }: { next: string; samplePeople: readonly SamplePerson[] }) {
  const t = signInTexts(usePage().language)
  return (
    <Layout title={t.title} lead={t.lead} width="narrow">
      <section class="card">
        <p>{t.how}</p>
      </section>
      {samplePeople.length === 0 ? null : <SamplePeople next={next} people={samplePeople} />}
    </Layout>
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

/** After a link that was used before, or too late: nobody is signed in. */
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
