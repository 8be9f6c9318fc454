import { Layout } from '../../site/layout.tsx'
import { usePage } from '../../kit/page-context.ts'
import { authorizationTexts } from './texts-authorization.ts'

export interface LeverConnectedPageProps {
  organizationName: string
  /** False if the signed-in person cannot open that organization's settings. */
  isTheirs: boolean
}

/** Shown when a return from Lever is opened again after it succeeded, or arrives in another account's session. */
export function LeverConnectedPage({ organizationName, isTheirs }: LeverConnectedPageProps) {
  const t = authorizationTexts(usePage().language)
  return (
    <Layout title={t.connectedTitle} width="narrow">
      <section class="card">
        <p>{t.connected(organizationName)}</p>
        {isTheirs ? (
          <a href="/settings/ats/webhooks" role="button">
            {t.toWebhooks}
          </a>
        ) : null}
      </section>
    </Layout>
  )
}
