import { z } from 'zod'
import { actorOf } from '../../accounts/caller.ts'
import type { Audit } from '../../audit/audit.ts'
import type { Webhooks } from '../../webhooks/webhooks.ts'
import { keepNotice } from '../middleware/flash.ts'
import { parseForm } from '../middleware/page-session.ts'
import { personOf } from '../middleware/require-person.ts'
import { seeOther, sitePathOr } from '../see-other.ts'
import type { SiteContext } from '../site-state.ts'
import { actAndSay } from './act-and-say.ts'
import { readAuditNames, type AuditNamesDeps } from './activity-names.ts'
import { ActivityPage } from './activity-page.tsx'
import { activityAddress, ActivityQuery, choiceOf, DeliveryChoice, filtersOf, isReplayable } from './activity-query.ts'
import { DeliveryPage } from './delivery-page.tsx'
import { page, type PageRoute } from './page-route.ts'
import { renderPage } from './render-page.tsx'
import { activityTexts } from './texts-activity.ts'

export interface ActivityDeps extends AuditNamesDeps {
  webhooks: Pick<Webhooks, 'list' | 'listRefusals' | 'get' | 'replay' | 'replayRange'>
  audit: Pick<Audit, 'list'>
}

const PAGE_ROWS = 25
/** A thousand each. */
const MOST_CALLS = 10

/** What Lever told and who did what, for admins. */
export function activityRoutes(deps: ActivityDeps): PageRoute[] {
  return [
    page.get('/activity', { access: 'admin' }, async (ctx) => {
      const { organization } = personOf(ctx)
      const query = ActivityQuery.parse({ ...ctx.query })
      const [deliveries, refusals, events] = await Promise.all([
        deps.webhooks.list(organization, filtersOf(choiceOf(query)), { limit: PAGE_ROWS, cursor: query.deliveries }),
        deps.webhooks.listRefusals(organization),
        deps.audit.list(organization, { limit: PAGE_ROWS, cursor: query.audit }),
      ])
      const names = await readAuditNames(organization, events.data, deps)
      renderPage(ctx, <ActivityPage query={query} deliveries={deliveries} refusals={refusals} events={events} names={names} />)
    }),
    page.post('/activity/deliveries/replay', { access: 'admin' }, (ctx) => replayAll(ctx, deps)),
    page.get('/activity/deliveries/:id', { access: 'admin' }, async (ctx) => {
      const delivery = await deps.webhooks.get(personOf(ctx).organization, ctx.params['id'] ?? '')
      renderPage(ctx, <DeliveryPage delivery={delivery} />)
    }),
    page.post('/activity/deliveries/:id/replay', { access: 'admin' }, async (ctx) => {
      const { organization } = personOf(ctx)
      const id = ctx.params['id'] ?? ''
      const { next } = parseForm(ctx, z.object({ next: z.string().optional() }))
      await deps.webhooks.get(organization, id)
      const outcome = { goTo: sitePathOr(next, '/activity'), done: activityTexts(ctx.state.language).replayed }
      await actAndSay(ctx, () => deps.webhooks.replay(organization, id), outcome)
    }),
  ]
}

/** Of the deliveries that the form chooses, as many as a few calls take. */
async function replayAll(ctx: SiteContext, { webhooks }: ActivityDeps): Promise<void> {
  const t = activityTexts(ctx.state.language)
  const choice = parseForm(ctx, DeliveryChoice)
  const { status, ...filters } = filtersOf(choice)
  const person = personOf(ctx)
  let accepted = 0
  let cursor: string | null | undefined
  for (let call = 0; call < MOST_CALLS && cursor !== null && isReplayable(status); call += 1) {
    const replayed = await webhooks.replayRange(person.organization, { ...filters, status, cursor }, actorOf(person))
    accepted += replayed.accepted
    cursor = replayed.nextCursor
  }
  const text = accepted === 0 ? t.noneReplayed : typeof cursor === 'string' ? t.replayedFirst(accepted) : t.replayedMany(accepted)
  keepNotice(ctx, { look: accepted === 0 ? 'warn' : 'ok', text })
  seeOther(ctx, activityAddress({ ...choice, deliveries: undefined, audit: undefined }))
}
