import type { OpenIdFailureReason } from '../../../accounts/open-id-failure.ts'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { openIdTexts } from './texts-open-id.ts'

/** Says why a sign-in by the provider failed, and what to do. */
export function OpenIdFailedPage({ reason }: { reason: OpenIdFailureReason }) {
  const t = openIdTexts(usePage().language)
  return (
    <Layout title={t.title} width="narrow">
      <section class="card">
        <p>{t[reason]}</p>
        <p>{t[`${reason}Next`]}</p>
        <div class="actions">
          <a href="/sign-in/oidc" role="button">
            {t.again}
          </a>
          <a href="/sign-in" role="button" class="quiet">
            {t.otherWay}
          </a>
        </div>
      </section>
    </Layout>
  )
}
