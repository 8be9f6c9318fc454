import type { AuthorizationFailure } from '../../../../connection/authorization-failure.ts'
import { Form } from '../../kit/form.tsx'
import { Layout } from '../../site/layout.tsx'
import { usePage } from '../../kit/page-context.ts'
import { authorizationTexts } from './texts-authorization.ts'

/** Says why connecting to Lever failed. An admin can retry at once; others sign in first. */
export function AuthorizationFailedPage({ failure }: { failure: AuthorizationFailure }) {
  const { language, caller } = usePage()
  const t = authorizationTexts(language)
  const { why, leverWords } = failure
  return (
    <Layout title={t.title} width="narrow">
      <section class="card">
        <p>{t[why]}</p>
        {leverWords === null ? null : (
          <p>
            {t.leverSays} <q>{leverWords}</q>
          </p>
        )}
        <p>{t[`${why}_next`]}</p>
        <div class="actions">
          {caller?.role === 'admin' ? (
            <Form action="/settings/ats/authorize">
              <button type="submit">{t.authorize}</button>
            </Form>
          ) : (
            <a href="/settings/ats" role="button">
              {t.authorize}
            </a>
          )}
          <a href="/settings/ats" role="button" class="quiet">
            {t.toSettings}
          </a>
        </div>
      </section>
    </Layout>
  )
}
