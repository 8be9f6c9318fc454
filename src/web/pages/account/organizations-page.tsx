import type { OpenOrganization } from '../../../accounts/sign-in.ts'
import { Form } from '../kit/form.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { accountTexts } from './texts-account.ts'

/** Lets a person who belongs to several organizations choose one. */
export function OrganizationsPage({ organizations, next }: { organizations: readonly OpenOrganization[]; next: string }) {
  const t = accountTexts(usePage().language)
  return (
    <Layout title={t.organizations} lead={t.organizationsLead} width="narrow">
      <section class="card">
        <Form action="/account/organizations">
          <input type="hidden" name="next" value={next} />
          <ul class="plain-list">
            {organizations.map(({ personId, name, isThis }) => (
              <li key={personId}>
                <span>
                  {name} {isThis ? <span class="badge">{t.here}</span> : null}
                </span>
                <button type="submit" name="personId" value={personId} class={isThis ? 'quiet' : ''}>
                  {t.goOnIn(name)}
                </button>
              </li>
            ))}
          </ul>
        </Form>
      </section>
    </Layout>
  )
}
