import { z } from 'zod'
import { actorOf } from '../../../../accounts/caller.ts'
import type { Connections } from '../../../../connection/connections.ts'
import { requirePlace, SignatureTokenText } from '../../../../connection/signature-tokens.ts'
import { isSignatureTokenPlace, labelOf, type SignatureTokenPlace } from '../../../../connection/webhook-events.ts'
import type { Webhooks } from '../../../../webhooks/webhooks.ts'
import { keepNotice } from '../../../shell/flash.ts'
import { parseForm } from '../../../shell/page-session.ts'
import { personOf } from '../../../shell/require-person.ts'
import { seeOther } from '../../../shell/see-other.ts'
import type { SiteContext } from '../../../shell/site-state.ts'
import { actAndSay } from '../../kit/act-and-say.ts'
import { AtsWebhooksPage } from './ats-webhooks-page.tsx'
import { ConfirmPage } from '../../kit/confirm-page.tsx'
import { page, type PageRoute } from '../../../shell/page-route.ts'
import { renderPage } from '../../kit/render-page.tsx'
import type { PastedTokens } from './signature-token-field.tsx'
import type { Language } from '../../../shell/languages.ts'
import { webhooksTexts } from './texts-webhooks.ts'

const HERE = '/settings/ats/webhooks'

export interface AtsWebhooksDeps {
  connections: Connections
  webhooks: Pick<Webhooks, 'listRefusals'>
}

/** The wizard's step for webhooks. */
export function atsWebhooksRoutes(deps: AtsWebhooksDeps): PageRoute[] {
  const { connections } = deps
  return [
    page.get(HERE, { access: 'admin' }, (ctx) => show(ctx, deps)),
    page.post(HERE, { access: 'admin' }, (ctx) => saveTokens(ctx, deps)),
    page.post(`${HERE}/provision`, { access: 'admin', bare: true }, (ctx) => {
      const person = personOf(ctx)
      const { created: done } = webhooksTexts(ctx.state.language)
      return actAndSay(ctx, () => connections.provisionWebhooks(person.organization, actorOf(person)), { goTo: HERE, done })
    }),
    page.get(`${HERE}/:place/remove`, { access: 'admin' }, (ctx) => askToRemove(ctx, requirePlace(ctx.params['place'] ?? ''))),
    page.post(`${HERE}/:place/remove`, { access: 'admin', bare: true }, (ctx) => {
      const place = requirePlace(ctx.params['place'] ?? '')
      const person = personOf(ctx)
      const done = webhooksTexts(ctx.state.language).removed(nameOf(place, ctx.state.language))
      return actAndSay(ctx, () => connections.deleteSignatureToken(person.organization, place, actorOf(person)), { goTo: HERE, done })
    }),
  ]
}

async function show(ctx: SiteContext, { connections, webhooks }: AtsWebhooksDeps, pasted?: PastedTokens): Promise<void> {
  const { organization } = personOf(ctx)
  const [connection, { webhooks: known }, refusals] = await Promise.all([
    connections.describe(organization),
    connections.get(organization),
    webhooks.listRefusals(organization),
  ])
  const hasSingleToken = Boolean(known['any']?.hand ?? known['any']?.api)
  if (!pasted) return renderPage(ctx, <AtsWebhooksPage {...{ connection, hasSingleToken, refusals }} />)
  const notice = { look: 'bad', text: webhooksTexts(ctx.state.language).notSaved } as const
  renderPage(ctx, <AtsWebhooksPage {...{ connection, hasSingleToken, refusals, pasted, notice }} />, { status: 422 })
}

const TokenFields = z.record(z.string(), z.string().max(1000)).transform((fields, context) =>
  Object.entries(fields).flatMap(([place, text]) => {
    if (isSignatureTokenPlace(place)) return text.trim() === '' ? [] : [{ place, text }]
    context.addIssue({ code: 'unrecognized_keys', keys: [place], input: fields })
    return []
  }),
)

/** Saves the pasted tokens; an empty field leaves its token unchanged. Saves all or none: a wrong token is reported before any is saved. */
async function saveTokens(ctx: SiteContext, deps: AtsWebhooksDeps): Promise<void> {
  const person = personOf(ctx)
  const pasted = parseForm(ctx, TokenFields).map(({ place, text }) => ({ place, text, token: SignatureTokenText.safeParse(text).data }))
  if (pasted.some(({ token }) => token === undefined)) {
    return show(ctx, deps, Object.fromEntries(pasted.map(({ place, text, token }) => [place, { text, isWrong: token === undefined }])))
  }
  for (const { place, token = '' } of pasted) await deps.connections.putSignatureToken(person.organization, place, token, actorOf(person))
  if (pasted.length > 0) keepNotice(ctx, { look: 'ok', text: webhooksTexts(ctx.state.language).tokenSaved(pasted.length) })
  seeOther(ctx, '/settings/ats/users')
}

function askToRemove(ctx: SiteContext, place: SignatureTokenPlace): void {
  const t = webhooksTexts(ctx.state.language)
  const title = t.removeTitle(nameOf(place, ctx.state.language))
  renderPage(
    ctx,
    <ConfirmPage title={title} action={`${HERE}/${place}/remove`} button={t.remove} back={HERE}>
      <p>{t.removeLead}</p>
    </ConfirmPage>,
  )
}

function nameOf(place: SignatureTokenPlace, language: Language): string {
  return place === 'any' ? webhooksTexts(language).anyEvent : labelOf(place)
}
