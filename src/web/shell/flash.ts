import { z } from 'zod'
import { equalSecrets, keyedHash } from '../../secrets/opaque-token.ts'
import type { SiteContext } from './site-state.ts'

/** A message at the top of a page about what just happened. */
export const Notice = z.object({ look: z.enum(['ok', 'warn', 'bad']), text: z.string() })
export type Notice = z.output<typeof Notice>

const FLASH_COOKIE = 'fulcrum_flash'
const FLASH_MS = 60_000
/** Browsers limit a cookie to 4096 bytes. */
const LONGEST_TEXT = 1000

/** Shows a message once, on the next page that this browser opens: for use after a form, whose answer is a redirect. */
export function keepNotice(ctx: SiteContext, { look, text }: Notice): void {
  const { csrfToken } = ctx.state
  if (csrfToken === null) return
  const payload = Buffer.from(JSON.stringify({ look, text: text.slice(0, LONGEST_TEXT) })).toString('base64url')
  ctx.state.cookies.set(ctx, FLASH_COOKIE, `${payload}.${signatureOf(payload, csrfToken)}`, { maxAgeMs: FLASH_MS })
}

/** Returns and removes what {@link keepNotice} stored. Text that another program put into the cookie is not shown. */
export function takeNotice(ctx: SiteContext): Notice | null {
  const { csrfToken, cookies } = ctx.state
  const kept = cookies.get(ctx, FLASH_COOKIE)
  if (kept === undefined || csrfToken === null) return null
  cookies.clear(ctx, FLASH_COOKIE)
  const [payload = '', signature = ''] = kept.split('.')
  return equalSecrets(signature, signatureOf(payload, csrfToken)) ? readPayload(payload) : null
}

function signatureOf(payload: string, csrfToken: string): string {
  return keyedHash(Buffer.from(csrfToken), `flash ${payload}`)
}

function readPayload(payload: string): Notice | null {
  try {
    return Notice.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
  } catch {
    return null
  }
}
