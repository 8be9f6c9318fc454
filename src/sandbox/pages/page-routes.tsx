/** The pages people use in a browser. */
import { readFileSync } from 'node:fs'
import { Router } from '@koa/router'
import type { SandboxContext, SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { accessSettingsPages } from './access-settings-page.tsx'
import { candidatePages } from './candidate-pages.tsx'
import { interviewPages } from './interview-pages.tsx'
import { jobPages } from './job-pages.tsx'
import { offerPages } from './offer-pages.tsx'
import { Page, sendPage } from './page.tsx'
import { requisitionPages } from './requisition-pages.tsx'
import type { Sessions } from './sessions.ts'
import { pagesFor } from './signed-in.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { webhookSettingsPages } from './webhook-settings-page.tsx'

export function pageRoutes(world: World, sessions: Sessions): Router<SandboxState> {
  const router = new Router<SandboxState>()
  const styles = readFileSync(new URL('sandbox.css', import.meta.url), 'utf8')
  router.get('/sandbox.css', (ctx: SandboxContext) => {
    ctx.type = 'css'
    ctx.body = styles
  })
  router.use(signInRoutes(world, sessions).routes())
  addHome(world, router, sessions)
  const parts = [candidatePages, jobPages, requisitionPages, interviewPages, offerPages, webhookSettingsPages, accessSettingsPages]
  for (const addPages of parts) addPages(world, router, sessions)
  return router
}

function addHome(world: World, router: Router<SandboxState>, sessions: Sessions): void {
  pagesFor(router, sessions, 'everybody')('GET', '/', ({ ctx, user }) =>
    sendPage(
      ctx,
      <Page title="Lever, local sandbox" user={user} path="/">
        <ul class="card plain">
          <li>
            <a href="/candidates">Candidates</a>: {world.account.opportunities.size} opportunities of {world.account.contacts.size} people
          </li>
          <li>
            <a href="/jobs">Jobs</a>, <a href="/requisitions">Requisitions</a>, <a href="/interviews">Interviews</a>,{' '}
            <a href="/offers">Offers</a>
          </li>
          <li>
            Settings › Integrations and API: <a href="/settings/webhooks">Webhooks</a>,{' '}
            <a href="/settings/api-credentials">API Credentials</a>, <a href="/settings/authorized-apps">Authorized Apps</a>
          </li>
          <li>
            The API is at <code>{world.urls.apiUrl}</code>
          </li>
        </ul>
      </Page>,
    ),
  )
}
