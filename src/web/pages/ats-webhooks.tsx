import Router from '@koa/router'
import { z } from 'zod'
import { actorOf } from '../../accounts/caller.ts'
import type { Connections } from '../../connection/connections.ts'
import { SignatureTokenText } from '../../connection/signature-tokens.ts'
import { isSignatureTokenPlace } from '../../connection/webhook-events.ts'
import { ServiceError } from '../../errors.ts'
import { parseForm } from '../middleware/page-session.ts'
import { personOf, requirePerson } from '../middleware/require-person.ts'
import { seeOther } from '../see-other.ts'
import type { SiteContext, SiteState } from '../site-state.ts'
import { AtsPage } from './ats-page.tsx'
import { AtsWebhooksPage, type WebhooksNotice } from './ats-webhooks-page.tsx'
import { renderPage } from './render-page.tsx'
import { atsTexts } from './texts-ats.ts'

export interface AtsDeps {
  connections: Connections
}

/** The ATS configuration of an organization, for its admins. */
export function atsRouter({ connections }: AtsDeps): Router<SiteState> {
  const router = new Router<SiteState>({ prefix: '/settings/ats' })
  router.use(requirePerson('admin'))
  router.get('/', async (ctx) => {
    const { organization } = personOf(ctx)
    const [connection, scopes] = await Promise.all([connections.describe(organization), connections.scopesToAskFor(organization)])
    renderPage(ctx, <AtsPage connection={connection} scopes={scopes} />)
  })
  router.post('/authorize', async (ctx) => {
    const person = personOf(ctx)
    const { authorizeUrl } = await connections.authorizeLink(person.organization, person.email, actorOf(person))
    seeOther(ctx, authorizeUrl)
  })
  router.get('/webhooks', (ctx) => {
    const isDone = ctx.query['created'] !== undefined
    return showWebhooks(ctx, connections, isDone ? { look: 'ok', text: atsTexts(ctx.state.language).created } : null)
  })
  router.post('/webhooks', (ctx) => saveTokens(ctx, connections))
  router.post('/webhooks/provision', (ctx) => provision(ctx, connections))
  return router
}

async function showWebhooks(ctx: SiteContext, connections: Connections, notice: WebhooksNotice | null, status = 200): Promise<void> {
  const connection = await connections.describe(personOf(ctx).organization)
  renderPage(ctx, <AtsWebhooksPage connection={connection} notice={notice} />, { status })
}

const TokenFields = z.record(z.string(), z.string())

/** Saves what was pasted; an empty field leaves its token as it is. All or none: a wrong one is named before any is saved. */
async function saveTokens(ctx: SiteContext, connections: Connections): Promise<void> {
  const person = personOf(ctx)
  const pasted = Object.entries(parseForm(ctx, TokenFields)).flatMap(([place, text]) =>
    isSignatureTokenPlace(place) && text.trim() !== '' ? [{ place, token: SignatureTokenText.safeParse(text).data }] : [],
  )
  if (pasted.some(({ token }) => token === undefined)) {
    return showWebhooks(ctx, connections, { look: 'bad', text: atsTexts(ctx.state.language).badToken }, 422)
  }
  for (const { place, token = '' } of pasted) await connections.putSignatureToken(person.organization, place, token, actorOf(person))
  seeOther(ctx, '/settings/ats')
}

async function provision(ctx: SiteContext, connections: Connections): Promise<void> {
  const person = personOf(ctx)
  try {
    await connections.provisionWebhooks(person.organization, actorOf(person))
    seeOther(ctx, '/settings/ats/webhooks?created')
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    await showWebhooks(ctx, connections, { look: 'bad', text: `${error.message} ${error.hint ?? ''}`.trim() }, error.status)
  }
}
