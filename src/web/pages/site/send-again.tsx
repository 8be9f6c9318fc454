import type { SiteContext } from '../../shell/site-state.ts'
import { Form } from '../kit/form.tsx'
import { Layout } from './layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { renderPage, wantsFragment } from '../kit/render-page.tsx'
import { sendAgainTexts } from './texts-send-again.ts'

/**
 * Answers a form whose session is over (401) or was replaced by another (403) with a page that keeps the input, to be sent again.
 * @returns false if there is nothing worth keeping, or if the form is for signing in or was sent by a script
 */
export function offerToSendAgain(ctx: SiteContext, fields: Record<string, unknown>): boolean {
  const typed = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const))
  const isPlain = typed.length > 0 && typed.every(([, value]) => typeof value === 'string')
  const isAside = ctx.path.startsWith('/sign-') || wantsFragment(ctx) || ctx.accepts('text/html', 'application/json') !== 'text/html'
  if (!isPlain || isAside) return false
  const isEnded = ctx.state.caller === null
  renderPage(ctx, <SendAgainPage isEnded={isEnded} address={ctx.url} typed={typed} />, { status: isEnded ? 401 : 403 })
  return true
}

function SendAgainPage({ isEnded, address, typed }: { isEnded: boolean; address: string; typed: readonly (readonly [string, unknown])[] }) {
  const { language, caller } = usePage()
  const t = sendAgainTexts(language)
  return (
    <Layout title={isEnded ? t.ended : t.other} width="narrow">
      <section class="card">
        <p>{isEnded ? t.endedLead : t.otherLead}</p>
        {caller === null ? null : <p>{t.signedInAs(caller.name, caller.email)}</p>}
        <div class="actions">
          {isEnded ? (
            <a href="/sign-in" target="_blank" rel="noopener" role="button">
              {t.signIn}
            </a>
          ) : null}
          <Form action={address}>
            {typed.map(([name, value], index) => (
              <input key={index} type="hidden" name={name} value={String(value)} />
            ))}
            <button type="submit" class={isEnded ? 'quiet' : ''}>
              {t.again}
            </button>
          </Form>
        </div>
      </section>
    </Layout>
  )
}
