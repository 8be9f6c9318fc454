import { z } from 'zod'
import { createOpaqueToken, equalSecrets, keyedHash } from '../../secrets/opaque-token.ts'
import type { SiteContext } from './site-state.ts'

/** The form of a Continue page. */
export const ContinueForm = z.object({ continue: z.string().max(100).default('') })

const BROWSER_COOKIE = 'fulcrum_browser'
const PREFIX = 'flb'

/**
 * Returns the token for the form of a Continue page. It is valid in this browser, at this address, and as long as the same person, or no
 * one, is signed in. A form on another site cannot carry it, and a page older than the session cannot sign anyone out by surprise.
 */
export function issueContinueToken(ctx: SiteContext): string {
  const known = browserSecret(ctx)
  const secret = known ?? createOpaqueToken(PREFIX)
  if (known === null) ctx.state.cookies.set(ctx, BROWSER_COOKIE, secret)
  return tokenFor(ctx, secret)
}

/** True if {@link issueContinueToken} issued the token. */
export function isContinueToken(ctx: SiteContext, given: string): boolean {
  const secret = browserSecret(ctx)
  return secret !== null && equalSecrets(given, tokenFor(ctx, secret))
}

function browserSecret(ctx: SiteContext): string | null {
  const kept = ctx.state.cookies.get(ctx, BROWSER_COOKIE)
  return kept !== undefined && /^flb_[\w-]{43}$/.test(kept) ? kept : null
}

function tokenFor(ctx: SiteContext, secret: string): string {
  return keyedHash(Buffer.from(secret), JSON.stringify(['continue', ctx.path, ctx.state.caller?.sessionId ?? null]))
}
