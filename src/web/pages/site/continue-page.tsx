import { Form } from '../kit/form.tsx'
import { Layout } from './layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { continueTexts } from './texts-continue.ts'

export interface ContinuePageProps {
  /** The effect of the link. */
  purpose: 'signIn' | 'connect'
  organizationName: string
  personName: string
  /** From `issueContinueToken`. */
  token: string
}

/**
 * Shows whose link was opened before it is used up: if a program such as a mail scanner may have opened it, or another person is signed
 * in.
 */
export function ContinuePage({ purpose, organizationName, personName, token }: ContinuePageProps) {
  const { language, path, caller, organizationName: theirs } = usePage()
  const t = continueTexts(language)
  const { title, lead, button } = t[purpose]
  return (
    <Layout title={title(organizationName, personName)} width="narrow">
      <section class="card">
        <p>{lead(organizationName, personName)}</p>
        {caller === null ? null : <p>{t.signedInAs(caller.name, theirs ?? '')}</p>}
        <div class="actions">
          <Form action={path}>
            <input type="hidden" name="continue" value={token} />
            <button type="submit">{button}</button>
          </Form>
          {caller === null ? null : (
            <a href="/" role="button" class="quiet">
              {t.stay(caller.name)}
            </a>
          )}
        </div>
      </section>
    </Layout>
  )
}
