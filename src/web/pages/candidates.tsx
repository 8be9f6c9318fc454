import Router from '@koa/router'
import { requirePerson } from '../middleware/require-person.ts'
import { seeOther } from '../see-other.ts'
import type { SiteState } from '../site-state.ts'
import { Layout } from './layout.tsx'
import { usePage } from './page-context.ts'
import { renderPage } from './render-page.tsx'
import { candidatesTexts } from './texts-candidates.ts'

/** Where a person lands. */
export function candidatesRouter(): Router<SiteState> {
  const router = new Router<SiteState>()
  router.get('/', (ctx) => seeOther(ctx, '/candidates'))
  router.get('/candidates', requirePerson(), (ctx) => renderPage(ctx, <CandidatesPage />))
  return router
}

function CandidatesPage() {
  const t = candidatesTexts(usePage().language)
  return (
    <Layout title={t.title} lead={t.lead}>
      <section class="card empty">
        <p>{t.byApi}</p>
        <a href="/api/docs" role="button" class="quiet">
          {t.apiDocs}
        </a>
      </section>
    </Layout>
  )
}
