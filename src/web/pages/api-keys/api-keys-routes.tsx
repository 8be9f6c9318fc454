import { z } from 'zod'
import type { Accounts } from '../../../accounts/accounts.ts'
import { API_KEY_ACCESS } from '../../../accounts/api-key-model.ts'
import { actorOf } from '../../../accounts/caller.ts'
import { IdParams } from '../../api/request-fields.ts'
import type { Idempotency } from '../../api/idempotency.ts'
import { Name } from '../../api/organizations.ts'
import { ServiceError } from '../../../errors.ts'
import { parseAddress, parseForm } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { actAndSay } from '../kit/act-and-say.ts'
import { ApiKeysPage, type ApiKeysPageProps } from './api-keys-page.tsx'
import { ConfirmPage } from '../kit/confirm-page.tsx'
import { makeOnce } from '../kit/form-once.ts'
import { ListQuery } from '../kit/list-query.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderPage } from '../kit/render-page.tsx'
import { apiKeysTexts } from './texts-api-keys.ts'

export interface ApiKeyPagesDeps {
  accounts: Pick<Accounts, 'listApiKeys' | 'listWorkingKeysOfLeavers' | 'createApiKey' | 'deleteApiKey' | 'getApiKey'>
  idempotency: Pick<Idempotency, 'once'>
}

const HERE = '/settings/api-keys'
const PAGE_ROWS = 50

/** An organization's API keys, for its admins. */
export function apiKeysRoutes(deps: ApiKeyPagesDeps): PageRoute[] {
  const { accounts } = deps
  return [
    page.get(HERE, { access: 'admin' }, (ctx) => show(ctx, deps)),
    page.post(HERE, { access: 'admin' }, (ctx) => make(ctx, deps)),
    page.get(`${HERE}/:id/revoke`, { access: 'admin' }, async (ctx) => {
      const t = apiKeysTexts(ctx.state.language)
      const { id, name } = await accounts.getApiKey(personOf(ctx).organization, idOf(ctx.params))
      renderPage(
        ctx,
        <ConfirmPage title={t.revokeTitle(name)} action={`${HERE}/${id}/revoke`} button={t.revoke} back={HERE}>
          <p>{t.revokeLead}</p>
        </ConfirmPage>,
      )
    }),
    page.post(`${HERE}/:id/revoke`, { access: 'admin', bare: true }, async (ctx) => {
      const person = personOf(ctx)
      const { id, name } = await accounts.getApiKey(person.organization, idOf(ctx.params))
      const done = apiKeysTexts(ctx.state.language).revoked(name)
      await actAndSay(ctx, () => accounts.deleteApiKey(person.organization, id, actorOf(person)), { goTo: HERE, done })
    }),
  ]
}

function idOf(params: unknown): string {
  const parsed = IdParams.safeParse(params)
  if (!parsed.success) throw new ServiceError('not_found', 'There is no such API key.')
  return parsed.data.id
}

async function show(ctx: SiteContext, { accounts }: ApiKeyPagesDeps, also: Pick<ApiKeysPageProps, 'made' | 'refused'> = {}): Promise<void> {
  const { organization } = personOf(ctx)
  const { cursor } = parseAddress(ctx, ListQuery.pick({ cursor: true }))
  const [{ data, nextCursor }, ofLeavers] = await Promise.all([
    accounts.listApiKeys(organization, { limit: PAGE_ROWS, cursor }),
    accounts.listWorkingKeysOfLeavers(organization),
  ])
  const status = also.refused === undefined ? 200 : 422
  renderPage(ctx, <ApiKeysPage keys={data} {...{ ofLeavers, cursor, nextCursor }} {...also} />, { status })
}

const NewKeyForm = z.object({
  name: z.string().max(1000).default(''),
  access: z.enum(API_KEY_ACCESS),
  lastDay: z.string().max(100).default(''),
  once: z.string().max(100).optional(),
})
const DAY_MS = 86_400_000

/** A day from today on, converted to the instant at which it ends in UTC; null for none. */
const LastDay = z
  .union([z.literal('').transform(() => null), z.iso.date().transform((day) => new Date(Date.parse(day) + DAY_MS))])
  .refine((end) => end === null || end.getTime() > Date.now())

async function make(ctx: SiteContext, deps: ApiKeyPagesDeps): Promise<void> {
  const caller = personOf(ctx)
  const { once, ...typed } = parseForm(ctx, NewKeyForm)
  const { access } = typed
  const { data: name } = Name.safeParse(typed.name)
  const { data: expiresAt } = LastDay.safeParse(typed.lastDay)
  if (name === undefined || expiresAt === undefined) {
    const wrong = [...(name === undefined ? ['name' as const] : []), ...(expiresAt === undefined ? ['lastDay' as const] : [])]
    return show(ctx, deps, { refused: { ...typed, wrong } })
  }
  const apiKey = await makeOnce(deps.idempotency, { caller, path: HERE, once, fields: { name, access, expiresAt } }, async () => {
    const made = await deps.accounts.createApiKey(caller.organization, { name, access, expiresAt }, caller)
    return { id: made.id, secret: made.apiKey }
  })
  return show(ctx, deps, { made: { name, apiKey } })
}
