import Router from '@koa/router'
import { actorOf } from '../../accounts/caller.ts'
import type { Connections } from '../../connection/connections.ts'
import { personOf, requirePerson } from '../middleware/require-person.ts'
import type { SiteState } from '../site-state.ts'
import { actAndSay } from './act-and-say.ts'
import { AtsActivatePage } from './ats-activate-page.tsx'
import { renderPage } from './render-page.tsx'
import { activateTexts } from './texts-ats-activate.ts'

const HERE = '/settings/ats/activate'

/** The last step of the setup; also what **Activate** on the overview of a paused connection asks for. */
export function atsActivateRouter({ connections }: { connections: Pick<Connections, 'describe' | 'activate'> }): Router<SiteState> {
  const router = new Router<SiteState>({ prefix: HERE })
  router.use(requirePerson('admin'))
  router.get('/', async (ctx) => {
    renderPage(ctx, <AtsActivatePage connection={await connections.describe(personOf(ctx).organization)} />)
  })
  router.post('/', (ctx) => {
    const person = personOf(ctx)
    const { activated: done } = activateTexts(ctx.state.language)
    return actAndSay(ctx, () => connections.activate(person.organization, actorOf(person)), { goTo: HERE, done })
  })
  return router
}
