import { z } from 'zod'
import { clearanceOf } from '../../../accounts/clearance.ts'
import { actorOf, type PersonCaller } from '../../../accounts/caller.ts'
import type { Candidates } from '../../../candidates/candidates.ts'
import { ServiceError } from '../../../errors.ts'
import type { ExportRuleView } from '../../../export/rules/export-rule-view.ts'
import type { Exports } from '../../../export/exports.ts'
import { parseAddress, parseForm } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import { assertSpeaksFor } from '../../shell/speaks-for.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { actAndSay } from '../kit/act-and-say.ts'
import { ConfirmPage } from '../kit/confirm-page.tsx'
import { offerJobs, type JobsDeps } from '../export-dialog/export-jobs.ts'
import { EMPTY_RULE, formOf, readRule, RuleForm } from './export-rule-form.ts'
import { ExportRulesPage, type ExportRulesPageProps } from './export-rules-page.tsx'
import { ListQuery } from '../kit/list-query.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderPage } from '../kit/render-page.tsx'
import { exportRulesTexts } from './texts-export-rules.ts'

export interface ExportRulePagesDeps {
  exports: Pick<Exports, 'rules'>
  candidates: Pick<Candidates, 'findMany'>
  mirror: JobsDeps
}

const HERE = '/settings/export-rules'
const PAGE_ROWS = 50
const MOST_HELD = 50

const RuleAddress = z.object({ name: z.string().max(1000) })
/** `name`: the rule to change. */
const RulesQuery = ListQuery.pick({ cursor: true }).extend(RuleAddress.partial().shape)

/** The rules of automatic export, for an organization's admins. */
export function exportRulesRoutes(deps: ExportRulePagesDeps): PageRoute[] {
  return [
    page.get(HERE, { access: 'admin' }, async (ctx) => {
      const { name } = parseAddress(ctx, RulesQuery)
      const chosen = name === undefined ? null : await deps.exports.rules.find(personOf(ctx).organization, name)
      return show(ctx, deps, chosen ? { typed: formOf(chosen) } : {})
    }),
    page.post(HERE, { access: 'admin' }, (ctx) => save(ctx, deps)),
    page.post(`${HERE}/preview`, { access: 'admin' }, (ctx) => preview(ctx, deps)),
    page.post(`${HERE}/switch`, { access: 'admin' }, (ctx) => turn(ctx, deps)),
    page.get(`${HERE}/remove`, { access: 'admin' }, async (ctx) => {
      const t = exportRulesTexts(ctx.state.language)
      const { name } = await named(ctx, deps, parseAddress(ctx, RuleAddress).name)
      const action = `${HERE}/remove?name=${encodeURIComponent(name)}`
      renderPage(
        ctx,
        <ConfirmPage title={t.removeTitle(name)} action={action} button={t.remove} back={HERE}>
          <p>{t.removeLead}</p>
        </ConfirmPage>,
      )
    }),
    page.post(`${HERE}/remove`, { access: 'admin', bare: true }, async (ctx) => {
      const person = personOf(ctx)
      const { name } = await named(ctx, deps, parseAddress(ctx, RuleAddress).name)
      const done = exportRulesTexts(ctx.state.language).removed(name)
      await actAndSay(ctx, () => deps.exports.rules.remove(person.organization, name, actorOf(person)), { goTo: HERE, done })
    }),
  ]
}

type Shown = Partial<Pick<ExportRulesPageProps, 'typed' | 'faults' | 'preview'>>

async function show(ctx: SiteContext, deps: ExportRulePagesDeps, shown: Shown = {}): Promise<void> {
  const person = personOf(ctx)
  const { organization } = person
  const { cursor } = parseAddress(ctx, RulesQuery)
  const { typed = EMPTY_RULE, faults = {}, preview: seen = null } = shown
  const postingId = typed.postingId === '' ? undefined : typed.postingId
  const [{ data, nextCursor }, held, offer] = await Promise.all([
    deps.exports.rules.list(organization, { limit: PAGE_ROWS, cursor }),
    readHeld(person, deps),
    offerJobs(organization, { postingId }, clearanceOf(person), deps.mirror),
  ])
  const status = Object.keys(faults).length === 0 ? 200 : 422
  renderPage(ctx, <ExportRulesPage rules={data} {...{ cursor, nextCursor, held, offer, typed, faults }} preview={seen} />, { status })
}

async function readHeld(person: PersonCaller, { exports, candidates }: ExportRulePagesDeps): Promise<ExportRulesPageProps['held']> {
  const { organization } = person
  const held = await exports.rules.listHeld(organization, MOST_HELD)
  const found = await candidates.findMany(organization, [...new Set(held.map(({ candidateId }) => candidateId))], clearanceOf(person))
  const names = new Map(found.map(({ id, name }) => [id, name]))
  return held.flatMap((one) => {
    const name = names.get(one.candidateId)
    return name === undefined ? [] : [{ ...one, name }]
  })
}

async function preview(ctx: SiteContext, deps: ExportRulePagesDeps): Promise<void> {
  const person = personOf(ctx)
  const { organization, email } = person
  const typed = parseForm(ctx, RuleForm)
  const read = readRule(ctx.state.language, typed, email)
  if ('faults' in read) return show(ctx, deps, { typed, faults: read.faults })
  const [of, saved] = await Promise.all([
    deps.exports.rules.preview(organization, read.name, read.input, clearanceOf(person)),
    deps.exports.rules.find(organization, read.name),
  ])
  return show(ctx, deps, { typed, preview: { of, replaces: saved !== null, touchesExisting: typed.applyToExisting === 'on' } })
}

async function save(ctx: SiteContext, deps: ExportRulePagesDeps): Promise<void> {
  const person = personOf(ctx)
  const typed = parseForm(ctx, RuleForm)
  const read = readRule(ctx.state.language, typed, person.email)
  if ('faults' in read) return show(ctx, deps, { typed, faults: read.faults })
  const done = exportRulesTexts(ctx.state.language).saved(read.name)
  await actAndSay(ctx, () => deps.exports.rules.put(person.organization, read.name, read.input, actorOf(person)), { goTo: HERE, done })
}

const SwitchForm = z.object({ name: z.string().max(1000), active: z.enum(['on', 'off']) })

/** Any admin may switch off any rule. Only its owner may switch it on again, since it exports in that person's name. */
async function turn(ctx: SiteContext, deps: ExportRulePagesDeps): Promise<void> {
  const person = personOf(ctx)
  const t = exportRulesTexts(ctx.state.language)
  const typed = parseForm(ctx, SwitchForm)
  const active = typed.active === 'on'
  const { name, requestedBy } = await named(ctx, deps, typed.name)
  const act = async (): Promise<void> => {
    if (active) assertSpeaksFor(person, requestedBy)
    await deps.exports.rules.switch(person.organization, name, active, actorOf(person))
  }
  await actAndSay(ctx, act, { goTo: HERE, done: active ? t.switchedOn(name) : t.switchedOff(name) })
}

/** @throws ServiceError `not_found` */
async function named(ctx: SiteContext, { exports }: ExportRulePagesDeps, name: string): Promise<ExportRuleView> {
  const found = await exports.rules.find(personOf(ctx).organization, name)
  if (found) return found
  throw new ServiceError('not_found', 'There is no such export rule.')
}
