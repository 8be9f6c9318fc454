import { z } from 'zod'
import { equalSecrets, keyedHash } from '../../secrets/opaque-token.ts'
import type { SiteContext } from './site-state.ts'

/** What a page says at its top: what has just happened. */
export const Notice = z.object({ look: z.enum(['ok', 'warn', 'bad']), text: z.string() })
export type Notice = z.output<typeof Notice>

const FLASH_COOKIE = 'fulcrum_flash'
const FLASH_MS = 60_000
/** Cookies end at 4096 bytes. */
const LONGEST_TEXT = 1000

/** Says something on the next page that this browser opens, once: for after a form, whose answer is a redirect. */
export function keepNotice(ctx: SiteContext, { look, text }: Notice): void {
  const { csrfToken } = ctx.state
  if (csrfToken === null) return
  const payload = Buffer.from(JSON.stringify({ look, text: text.slice(0, LONGEST_TEXT) })).toString('base64url')
  ctx.state.cookies.set(ctx, FLASH_COOKIE, `${payload}.${signatureOf(payload, csrfToken)}`, { maxAgeMs: FLASH_MS })
}

/** What {@link keepNotice} left, for the last time. Words that another program put into the jar are not shown. */
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
