import type { ServiceError } from '../../../errors.ts'
import { FromAnotherSite } from '../../shell/same-origin.ts'
import { renderPage } from '../kit/render-page.tsx'
import type { SiteContext } from '../../shell/site-state.ts'
import { Layout } from './layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { problemWords } from '../kit/problem-words.ts'
import { errorTexts } from './texts-errors.ts'
import { siteTexts } from './texts-site.ts'

/** Answers with a page that says what happened and what to do next. The page for an internal error shows only the request's id. */
export function showError(ctx: SiteContext, error: ServiceError): void {
  renderPage(ctx, <ErrorPage error={error} />, { status: error.status })
}

function ErrorPage({ error }: { error: ServiceError }) {
  const { language, requestId } = usePage()
  const t = errorTexts(language)
  const kind = kindOf(error)
  const isOurs = kind === 'failed'
  const hasOwnWords = !isOurs && kind !== 'notFound' && kind !== 'forbidden' && kind !== 'otherSite' && kind !== 'tooMany'
  return (
    <Layout title={t[kind]} width="narrow">
      <section class="card">
        {hasOwnWords ? <p>{problemWords(language, error)}</p> : null}
        {hasOwnWords && error.hint !== undefined ? null : <p>{t[`${kind}Next`]}</p>}
        {isOurs ? (
          <p class="small">
            {siteTexts(language).requestId} <code>{requestId}</code>
          </p>
        ) : null}
        <a href="/" role="button" class="quiet">
          {t.home}
        </a>
      </section>
    </Layout>
  )
}

type Kind = 'notFound' | 'forbidden' | 'otherSite' | 'failed' | 'unavailable' | 'tooMany' | 'refused'

function kindOf(error: ServiceError): Kind {
  const { status, code } = error
  if (error instanceof FromAnotherSite) return 'otherSite'
  if (code === 'not_found') return 'notFound'
  if (code === 'forbidden') return 'forbidden'
  if (status === 429) return 'tooMany'
  if (status === 503) return 'unavailable'
  return status >= 500 ? 'failed' : 'refused'
}
