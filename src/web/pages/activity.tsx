import Router from '@koa/router'
import { z } from 'zod'
import type { Audit } from '../../audit/audit.ts'
import type { Webhooks } from '../../webhooks/webhooks.ts'
import { parseForm } from '../middleware/page-session.ts'
import { personOf, requirePerson } from '../middleware/require-person.ts'
import { sitePathOr } from '../see-other.ts'
import type { SiteState } from '../site-state.ts'
import { actAndSay } from './act-and-say.ts'
import { readAuditNames, type AuditNamesDeps } from './activity-names.ts'
import { ActivityPage, DeliveryPage } from './activity-page.tsx'
import { ActivityQuery } from './activity-query.ts'
import { renderPage } from './render-page.tsx'
import { activityTexts } from './texts-activity.ts'

export interface ActivityDeps extends AuditNamesDeps {
  webhooks: Pick<Webhooks, 'list' | 'get' | 'replay'>
  audit: Pick<Audit, 'list'>
}

const PAGE_ROWS = 25

/** What Lever told and who did what, for admins. */
export function activityRouter(deps: ActivityDeps): Router<SiteState> {
  const router = new Router<SiteState>({ prefix: '/activity' })
  router.use(requirePerson('admin'))
  router.get('/', async (ctx) => {
    const { organization } = personOf(ctx)
    const query = ActivityQuery.parse({ ...ctx.query })
    const { event, status } = query
    const [deliveries, events] = await Promise.all([
      deps.webhooks.list(organization, { event, status }, { limit: PAGE_ROWS, cursor: query.deliveries }),
      deps.audit.list(organization, { limit: PAGE_ROWS, cursor: query.audit }),
    ])
    const names = await readAuditNames(organization, events.data, deps)
    renderPage(ctx, <ActivityPage query={query} deliveries={deliveries} events={events} names={names} />)
  })
  router.get('/deliveries/:id', async (ctx) => {
    const delivery = await deps.webhooks.get(personOf(ctx).organization, ctx.params['id'] ?? '')
    renderPage(ctx, <DeliveryPage delivery={delivery} />)
  })
  router.post('/deliveries/:id/replay', async (ctx) => {
    const { organization } = personOf(ctx)
    const id = ctx.params['id'] ?? ''
    const { next } = parseForm(ctx, z.object({ next: z.string().optional() }))
    await deps.webhooks.get(organization, id)
    const outcome = { goTo: sitePathOr(next, '/activity'), done: activityTexts(ctx.state.language).replayed }
    await actAndSay(ctx, () => deps.webhooks.replay(organization, id), outcome)
  })
  return router
}
