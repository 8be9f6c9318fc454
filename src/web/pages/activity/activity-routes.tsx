import { Readable } from 'node:stream'
import { z } from 'zod'
import { actorOf } from '../../../accounts/caller.ts'
import type { Audit, AuditFilters } from '../../../audit/audit.ts'
import type { Webhooks } from '../../../webhooks/webhooks.ts'
import { keepNotice } from '../../shell/flash.ts'
import { parseAddress, parseForm } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import { readAuditNames, type AuditNamesDeps } from '../../audit-names.ts'
import { actorsMeant, auditCsv } from '../../audit-view.ts'
import { seeOther, sitePathOr } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { actAndSay } from '../kit/act-and-say.ts'
import { ActivityPage } from './activity-page.tsx'
import {
  activityAddress,
  ActivityQuery,
  AuditChoice,
  choiceOf,
  DeliveryChoice,
  filtersOf,
  isReplayable,
  timesOf,
} from './activity-query.ts'
import { DeliveryPage } from './delivery-page.tsx'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderPage } from '../kit/render-page.tsx'
import { activityTexts } from './texts-activity.ts'
import { auditTrailTexts } from './texts-audit.ts'

export interface ActivityDeps extends AuditNamesDeps {
  webhooks: Pick<Webhooks, 'list' | 'listRefusals' | 'get' | 'replay' | 'replayRange'>
  audit: Pick<Audit, 'list' | 'walk' | 'head' | 'verify'>
}

const PAGE_ROWS = 25
/** A call replays up to a thousand. */
const MOST_CALLS = 10

/** Lever's deliveries and the audit trail, for admins. */
export function activityRoutes(deps: ActivityDeps): PageRoute[] {
  return [
    page.get('/activity', { access: 'admin' }, async (ctx) => {
      const { organization } = personOf(ctx)
      const query = parseAddress(ctx, ActivityQuery)
      const [deliveries, refusals, events, head] = await Promise.all([
        deps.webhooks.list(organization, filtersOf(choiceOf(query)), { limit: PAGE_ROWS, cursor: query.deliveries }),
        deps.webhooks.listRefusals(organization),
        deps.audit.list(organization, { limit: PAGE_ROWS, cursor: query.audit }, await auditFiltersOf(organization, query, deps)),
        deps.audit.head(organization).catch(() => null), // its key is gone: show the rest of the page anyway
      ])
      const names = await readAuditNames(organization, events.data, deps)
      renderPage(ctx, <ActivityPage query={query} deliveries={deliveries} refusals={refusals} events={events} names={names} head={head} />)
    }),
    page.get('/activity/audit.csv', { access: 'admin' }, async (ctx) => {
      const { organization } = personOf(ctx)
      const filters = await auditFiltersOf(organization, parseAddress(ctx, AuditChoice), deps)
      ctx.body = Readable.from(auditCsv(organization, filters, deps))
      ctx.type = 'text/csv; charset=utf-8'
      ctx.attachment('audit-trail.csv')
    }),
    page.post('/activity/audit/verify', { access: 'admin' }, (ctx) => verify(ctx, deps)),
    page.post('/activity/deliveries/replay', { access: 'admin' }, (ctx) => replayAll(ctx, deps)),
    page.get('/activity/deliveries/:id', { access: 'admin' }, async (ctx) => {
      const delivery = await deps.webhooks.get(personOf(ctx).organization, ctx.params['id'] ?? '')
      renderPage(ctx, <DeliveryPage delivery={delivery} />)
    }),
    page.post('/activity/deliveries/:id/replay', { access: 'admin' }, async (ctx) => {
      const { organization } = personOf(ctx)
      const { next } = parseForm(ctx, z.object({ next: z.string().optional() }))
      const id = ctx.params['id'] ?? ''
      await deps.webhooks.get(organization, id)
      const outcome = { goTo: sitePathOr(next, '/activity'), done: activityTexts(ctx.state.language).replayed }
      await actAndSay(ctx, () => deps.webhooks.replay(organization, id), outcome)
    }),
  ]
}

async function auditFiltersOf(organization: string, choice: AuditChoice, deps: AuditNamesDeps): Promise<AuditFilters> {
  const actors = choice.actor === undefined ? undefined : await actorsMeant(organization, choice.actor, deps)
  return { actors, action: choice.action, ...timesOf(choice) }
}

const blank = z.literal('').transform(() => undefined)
const EarlierHead = z.object({
  count: z.union([blank, z.coerce.number().int().min(0)]).optional(),
  hash: z.union([blank, z.string().trim().max(100)]).optional(),
})

async function verify(ctx: SiteContext, { audit }: ActivityDeps): Promise<void> {
  const t = auditTrailTexts(ctx.state.language)
  const { count, hash } = parseForm(ctx, EarlierHead)
  const earlier = count === undefined ? undefined : { count, hash: hash ?? '' }
  const { valid, checked, firstBroken } = await audit.verify(personOf(ctx).organization, earlier)
  const text = valid ? t.valid(checked) : firstBroken === undefined ? t.missing(checked) : t.broken(checked, firstBroken)
  keepNotice(ctx, { look: valid ? 'ok' : 'bad', text })
  seeOther(ctx, '/activity')
}

/** A form without any filter would replay all deliveries. */
const SomeDeliveries = DeliveryChoice.refine(
  (choice) => Object.values(choice).some((value) => value !== undefined),
  'selects no deliveries',
)

/** Replays the deliveries that the form selects, up to the limit of a few calls. */
async function replayAll(ctx: SiteContext, { webhooks }: ActivityDeps): Promise<void> {
  const t = activityTexts(ctx.state.language)
  const choice = parseForm(ctx, SomeDeliveries)
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
  seeOther(ctx, activityAddress(choice))
}
