import { z } from 'zod'
import { actorOf } from '../../../accounts/caller.ts'
import { LeverApiKeyText } from '../../../connection/api-key.ts'
import { GRANTED, grantClocks } from '../../../connection/grant.ts'
import type { Connections } from '../../../connection/connections.ts'
import { permissionWords, type KeyPermission } from '../../../connection/key-permissions.ts'
import { isServiceError } from '../../../errors.ts'
import type { RequestBudget } from '../../../lever/request-budget.ts'
import type { Mirror } from '../../../mirror/mirror.ts'
import { keepNotice } from '../../shell/flash.ts'
import { parseAddress, parseForm } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { actAndSay } from '../kit/act-and-say.ts'
import { AtsConnectPage, type AtsConnectPageProps } from './authorize/ats-connect-page.tsx'
import { AtsDisconnectPage } from './ats-disconnect-page.tsx'
import { MirrorCard } from './ats-mirror-card.tsx'
import { AtsOverviewPage } from './ats-overview-page.tsx'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { problemWords } from '../kit/problem-words.ts'
import { renderFragment, renderPage } from '../kit/render-page.tsx'
import { connectTexts } from './authorize/texts-connect.ts'
import { disconnectTexts } from './texts-disconnect.ts'
import { overviewTexts } from './texts-overview.ts'

export interface AtsDeps {
  connections: Connections
  mirror: Pick<Mirror, 'recordAges' | 'sync'>
  budget: Pick<RequestBudget, 'describe'>
}

const OVERVIEW = '/settings/ats'

/** The ATS configuration of an organization, for its admins: setup and overview of the connection. */
export function atsRoutes(deps: AtsDeps): PageRoute[] {
  const { connections, mirror } = deps
  return [
    page.get(OVERVIEW, { access: 'admin' }, (ctx) => show(ctx, deps)),
    page.post(OVERVIEW, { access: 'admin' }, (ctx) => connect(ctx, deps)),
    page.post(`${OVERVIEW}/authorize`, { access: 'admin', bare: true }, (ctx) => authorize(ctx, connections)),
    page.get(`${OVERVIEW}/mirror`, { access: 'admin' }, async (ctx) => {
      const { organization } = personOf(ctx)
      const [{ sync }, ages] = await Promise.all([connections.describe(organization), mirror.recordAges(organization)])
      renderFragment(ctx, <MirrorCard sync={sync} ages={ages} />)
    }),
    page.post(`${OVERVIEW}/sync`, { access: 'admin', bare: true }, (ctx) => {
      const { syncBegan: done } = overviewTexts(ctx.state.language)
      return actAndSay(ctx, () => mirror.sync(personOf(ctx).organization), { goTo: OVERVIEW, done })
    }),
    page.post(`${OVERVIEW}/pause`, { access: 'admin', bare: true }, (ctx) => {
      const person = personOf(ctx)
      const { pausedNow: done } = overviewTexts(ctx.state.language)
      return actAndSay(ctx, () => connections.pause(person.organization, actorOf(person)), { goTo: OVERVIEW, done })
    }),
    page.get(`${OVERVIEW}/disconnect`, { access: 'admin' }, async (ctx) => {
      const { status } = await connections.get(personOf(ctx).organization)
      renderPage(ctx, <AtsDisconnectPage canPause={status === 'active'} />)
    }),
    page.post(`${OVERVIEW}/disconnect`, { access: 'admin', bare: true }, (ctx) => {
      const person = personOf(ctx)
      const { done } = disconnectTexts(ctx.state.language)
      return actAndSay(ctx, () => connections.disconnect(person.organization, actorOf(person)), { goTo: OVERVIEW, done })
    }),
  ]
}

/** `edit`: open the form for another API key. */
const OverviewQuery = z.object({ edit: z.literal('api-key').optional() })

async function show(ctx: SiteContext, deps: AtsDeps, refused?: AtsConnectPageProps['refused']): Promise<void> {
  const { organization } = personOf(ctx)
  const { edit } = parseAddress(ctx, OverviewQuery)
  const { status, grant, auth } = await deps.connections.get(organization)
  if (status === 'disconnected') return showConnect(ctx, deps)
  const [connection, { scopes }, ages, budget] = await Promise.all([
    deps.connections.describe(organization),
    deps.connections.neededOfLever(organization),
    deps.mirror.recordAges(organization),
    grant.fingerprint ? deps.budget.describe(grant.fingerprint) : null,
  ])
  const isKeyEdited = refused !== undefined || edit !== undefined
  const shown = { connection, scopes, ages, budget, clocks: grantClocks({ auth, grant }), refused, isKeyEdited }
  renderPage(ctx, <AtsOverviewPage {...shown} />, { status: refused ? 422 : 200 })
}

async function showConnect(ctx: SiteContext, { connections }: AtsDeps, refused?: AtsConnectPageProps['refused']): Promise<void> {
  const { organization } = personOf(ctx)
  const [connection, needed] = await Promise.all([connections.describe(organization), connections.neededOfLever(organization)])
  const status = refused ? 422 : 200
  renderPage(ctx, <AtsConnectPage {...{ connection, ...needed, refused }} />, { status })
}

async function authorize(ctx: SiteContext, connections: Connections): Promise<void> {
  const person = personOf(ctx)
  const { authorizeUrl } = await connections.authorizeLink(person.organization, person.email, actorOf(person))
  seeOther(ctx, authorizeUrl)
}

const ConnectForm = z.object({ application: z.literal('lever').optional(), apiKey: z.string().max(1000).default('') })

/** Save & Proceed: connects with a pasted key, or goes on to Authorize; if Lever is already connected, goes on to the webhooks. */
async function connect(ctx: SiteContext, deps: AtsDeps): Promise<void> {
  const { connections } = deps
  const { apiKey } = parseForm(ctx, ConnectForm)
  const { organization } = personOf(ctx)
  const t = connectTexts(ctx.state.language)
  if (apiKey.trim() !== '') return connectByKey(ctx, deps, apiKey)
  const { status } = await connections.get(organization)
  if (GRANTED.includes(status)) return seeOther(ctx, `${OVERVIEW}/webhooks`)
  if ((await connections.neededOfLever(organization)).scopes === null) return showConnect(ctx, deps, { apiKey: '', why: t.keyNeeded })
  keepNotice(ctx, { look: 'ok', text: t.chosen })
  seeOther(ctx, `${OVERVIEW}#authorize`)
}

async function connectByKey(ctx: SiteContext, deps: AtsDeps, apiKey: string): Promise<void> {
  const person = personOf(ctx)
  const t = connectTexts(ctx.state.language)
  const { status } = await deps.connections.get(person.organization)
  const isFirst = status === 'disconnected'
  const refuse = (why: string) => (isFirst ? showConnect : show)(ctx, deps, { apiKey, why })
  const parsed = LeverApiKeyText.safeParse(apiKey)
  if (!parsed.success) return refuse(t.badKey)
  try {
    await deps.connections.putApiKey(person.organization, { apiKey: parsed.data, userEmail: person.email }, actorOf(person))
  } catch (error) {
    if (!isServiceError(error)) throw error
    const { missing } = error.extra
    const named = Array.isArray(missing) ? [t.missing((missing as KeyPermission[]).map(permissionWords).join(', '))] : []
    return refuse([problemWords(ctx.state.language, error), ...named].join(' '))
  }
  keepNotice(ctx, { look: 'ok', text: isFirst ? t.connected : t.keySaved })
  seeOther(ctx, isFirst ? `${OVERVIEW}/webhooks` : OVERVIEW)
}
