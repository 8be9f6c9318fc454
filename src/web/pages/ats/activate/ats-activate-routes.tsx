import { actorOf } from '../../../../accounts/caller.ts'
import type { Connections } from '../../../../connection/connections.ts'
import { personOf } from '../../../shell/require-person.ts'
import { actAndSay } from '../../kit/act-and-say.ts'
import { AtsActivatePage } from './ats-activate-page.tsx'
import { page, type PageRoute } from '../../../shell/page-route.ts'
import { renderPage } from '../../kit/render-page.tsx'
import { activateTexts } from './texts-activate.ts'

const HERE = '/settings/ats/activate'

/** The last step of the setup. **Activate** on the overview of a paused connection also posts here. */
export function atsActivateRoutes({ connections }: { connections: Pick<Connections, 'describe' | 'activate'> }): PageRoute[] {
  return [
    page.get(HERE, { access: 'admin' }, async (ctx) => {
      renderPage(ctx, <AtsActivatePage connection={await connections.describe(personOf(ctx).organization)} />)
    }),
    page.post(HERE, { access: 'admin', bare: true }, (ctx) => {
      const person = personOf(ctx)
      const { activated: done } = activateTexts(ctx.state.language)
      return actAndSay(ctx, () => connections.activate(person.organization, actorOf(person)), { goTo: HERE, done })
    }),
  ]
}
