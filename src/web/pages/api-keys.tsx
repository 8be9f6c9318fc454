import Router from '@koa/router'
import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { actorOf } from '../../accounts/caller.ts'
import { IdParams } from '../api/id-params.ts'
import type { Idempotency } from '../api/idempotency.ts'
import { Name } from '../api/organizations.ts'
import { ServiceError } from '../../errors.ts'
import { parseForm } from '../middleware/page-session.ts'
import { personOf, requirePerson } from '../middleware/require-person.ts'
import type { SiteContext, SiteState } from '../site-state.ts'
import { actAndSay } from './act-and-say.ts'
import { ApiKeysPage, type ApiKeysPageProps } from './api-keys-page.tsx'
import { ConfirmPage } from './confirm-page.tsx'
import { makeOnce } from './form-once.ts'
import { ListQuery } from './list-query.ts'
import { renderPage } from './render-page.tsx'
import { apiKeysTexts } from './texts-api-keys.ts'

export interface ApiKeyPagesDeps {
  accounts: Pick<Accounts, 'listApiKeys' | 'createApiKey' | 'deleteApiKey' | 'getApiKey'>
  idempotency: Pick<Idempotency, 'once'>
}

const HERE = '/settings/api-keys'
const PAGE_ROWS = 50

/** An organization's API keys, for its admins. */
export function apiKeyPagesRouter(deps: ApiKeyPagesDeps): Router<SiteState> {
  const { accounts } = deps
  const router = new Router<SiteState>({ prefix: HERE })
  router.use(requirePerson('admin'))
  router.get('/', (ctx) => show(ctx, deps))
  router.post('/', (ctx) => make(ctx, deps))
  router.get('/:id/revoke', async (ctx) => {
    const t = apiKeysTexts(ctx.state.language)
    const { id, name } = await accounts.getApiKey(personOf(ctx).organization, idOf(ctx.params))
    renderPage(
      ctx,
      <ConfirmPage title={t.revokeTitle(name)} action={`${HERE}/${id}/revoke`} button={t.revoke} back={HERE}>
        <p>{t.revokeLead}</p>
      </ConfirmPage>,
    )
  })
  router.post('/:id/revoke', async (ctx) => {
    const person = personOf(ctx)
    const { id, name } = await accounts.getApiKey(person.organization, idOf(ctx.params))
    const done = apiKeysTexts(ctx.state.language).revoked(name)
    await actAndSay(ctx, () => accounts.deleteApiKey(person.organization, id, actorOf(person)), { goTo: HERE, done })
  })
  return router
}

function idOf(params: unknown): string {
  const parsed = IdParams.safeParse(params)
  if (!parsed.success) throw new ServiceError('not_found', 'There is no such API key.')
  return parsed.data.id
}

async function show(ctx: SiteContext, { accounts }: ApiKeyPagesDeps, also: Pick<ApiKeysPageProps, 'made' | 'refused'> = {}): Promise<void> {
  const { cursor } = ListQuery.parse({ ...ctx.query })
  const { data, nextCursor } = await accounts.listApiKeys(personOf(ctx).organization, { limit: PAGE_ROWS, cursor })
  const status = also.refused === undefined ? 200 : 422
  renderPage(ctx, <ApiKeysPage keys={data} cursor={cursor} nextCursor={nextCursor} {...also} />, { status })
}

const NewKeyForm = z.object({ name: z.string().max(1000).default(''), once: z.string().max(100).optional() })

async function make(ctx: SiteContext, deps: ApiKeyPagesDeps): Promise<void> {
  const caller = personOf(ctx)
  const { name: typed, once } = parseForm(ctx, NewKeyForm)
  const { data: name } = Name.safeParse(typed)
  if (name === undefined) return show(ctx, deps, { refused: typed })
  const apiKey = await makeOnce(deps.idempotency, { caller, path: HERE, once, fields: { name } }, async () => {
    const made = await deps.accounts.createApiKey(caller.organization, { name }, actorOf(caller))
    return { id: made.id, secret: made.apiKey }
  })
  return show(ctx, deps, { made: { name, apiKey } })
}
