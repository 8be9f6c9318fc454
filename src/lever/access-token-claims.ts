import { z } from 'zod'

const claim = z.string().min(1).nullable().catch(null)

const Claims = z.object({
  'https://oauth.lever.co/accountId': claim,
  'https://oauth.lever.co/userId': claim,
  scope: z.string().catch(''),
})

export interface AccessTokenClaims {
  accountId: string | null
  /** The Lever user who authorized. */
  userId: string | null
  scopes: string[]
}

const NONE: AccessTokenClaims = { accountId: null, userId: null, scopes: [] }

/**
 * Reads the unverified claims of Lever's access token. They are hints only: Lever's API documentation shows a single sample. A token that
 * is not a JWT has none.
 */
export function readAccessTokenClaims(accessToken: string): AccessTokenClaims {
  const claims = Claims.safeParse(payloadOf(accessToken))
  if (!claims.success) return NONE
  return {
    accountId: claims.data['https://oauth.lever.co/accountId'],
    userId: claims.data['https://oauth.lever.co/userId'],
    scopes: splitScopes(claims.data.scope),
  }
}

/** Scopes are separated by spaces. */
export function splitScopes(scope: string): string[] {
  return scope.split(/\s+/).filter(Boolean)
}

function payloadOf(accessToken: string): unknown {
  try {
    return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8')) as unknown
  } catch {
    return null
  }
}
