import type { AuthorizationCode } from 'simple-oauth2'
import { z } from 'zod'
import type { Log } from '../log.ts'
import { readAccessTokenClaims, splitScopes } from './access-token-claims.ts'
import { LeverOAuthError } from './lever-oauth-error.ts'

const LARGEST_ANSWER_BYTES = 64 * 1024
/** Lever's API documentation: an access token is valid for one hour. */
const USUAL_LIFE_S = 3600

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullable().catch(null),
  scope: z.string().catch(''),
  expires_in: z.coerce.number().positive().max(1e9).catch(USUAL_LIFE_S),
})

export interface TokenPair {
  accessToken: string
  /** Null without `offline_access`. Single use: each refresh returns the next one. */
  refreshToken: string | null
  /** As granted; empty if Lever does not say. */
  scopes: string[]
  expiresInMs: number
  /** Hints from the token's claims, null if it has none. */
  accountId: string | null
  userId: string | null
}

export interface LeverOAuthOptions {
  /** Origin of the authorization server. */
  authUrl: string
  /** With its trailing slash: without it, Lever grants no scope but `offline_access` (Lever's API documentation). */
  audience: string
  clientId: string
  clientSecret: string
  redirectUri: string
  /** Limit of one call to the token endpoint. */
  timeoutMs: number
  log: Log
}

interface ConsentRequest {
  state: string
  scopes: readonly string[]
  /** The S256 challenge. */
  codeChallenge: string
}

export type LeverOAuth = ReturnType<typeof createLeverOAuth>

/** Lever's authorization code grant with PKCE: credentials in a form body, as Lever's API documentation shows. */
export function createLeverOAuth(options: LeverOAuthOptions) {
  const { redirectUri: redirect_uri, log } = options
  const audience = options.audience.endsWith('/') ? options.audience : `${options.audience}/`
  let loading: Promise<AuthorizationCode> | undefined
  const grant = (): Promise<AuthorizationCode> => (loading ??= createGrant(options))

  return {
    /** `prompt` is not sent, because Lever discourages it. */
    async authorizeUrl({ state, scopes, codeChallenge }: ConsentRequest): Promise<string> {
      const parameters = { redirect_uri, scope: [...scopes], state, audience, code_challenge: codeChallenge, code_challenge_method: 'S256' }
      return (await grant()).authorizeURL(parameters)
    },
    /** @throws LeverOAuthError */
    exchange(code: string, codeVerifier: string): Promise<TokenPair> {
      const parameters = { code, redirect_uri, code_verifier: codeVerifier }
      return askForTokens(log, 'authorization_code', async () => (await (await grant()).getToken(parameters)).token)
    },
    /**
     * Uses up the refresh token: the returned pair must be stored at once, and two refreshes must never run for one grant.
     * @throws LeverOAuthError
     */
    refresh(refreshToken: string): Promise<TokenPair> {
      const parameters = { refresh_token: refreshToken }
      return askForTokens(log, 'refresh_token', async () => (await (await grant()).createToken(parameters).refresh()).token)
    },
  }
}

/** Loads simple-oauth2 at its first use, because it makes up a twentieth of the time of a start. */
async function createGrant({ clientId, clientSecret, authUrl, timeoutMs }: LeverOAuthOptions): Promise<AuthorizationCode> {
  const { default: oauth2 } = await import('simple-oauth2')
  return new oauth2.AuthorizationCode({
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost: authUrl, tokenPath: '/oauth/token', authorizePath: '/authorize' },
    // the limit applies once to the answer's first line and once to its body
    http: { timeout: Math.ceil(timeoutMs / 2), maxBytes: LARGEST_ANSWER_BYTES, redirects: false, json: 'force' },
    options: { authorizationMethod: 'body', bodyFormat: 'form' },
  })
}

async function askForTokens(log: Log, grantType: string, ask: () => Promise<unknown>): Promise<TokenPair> {
  const startedAt = performance.now()
  const line = (): Record<string, unknown> => ({ grantType, tookMs: Math.round(performance.now() - startedAt) })
  try {
    const pair = readTokens(grantType, await ask())
    log.debug(line(), 'Lever gave tokens')
    return pair
  } catch (error) {
    const fault = error instanceof LeverOAuthError ? error : faultOf(grantType, error)
    log.info({ ...line(), status: fault.httpStatus, code: fault.oauthCode ?? undefined }, 'Lever gave no tokens')
    throw fault
  }
}

function readTokens(grantType: string, answer: unknown): TokenPair {
  const parsed = TokenAnswer.safeParse(answer)
  if (!parsed.success) throw new LeverOAuthError({ grantType, httpStatus: 200, oauthCode: null })
  const { access_token, refresh_token, scope, expires_in } = parsed.data
  const claims = readAccessTokenClaims(access_token)
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    scopes: scope === '' ? claims.scopes : splitScopes(scope),
    expiresInMs: Math.round(expires_in * 1000),
    accountId: claims.accountId,
    userId: claims.userId,
  }
}

/** An error of simple-oauth2's HTTP client: `data` holds the answer, including one that it could not read; other errors have none. */
const UselessAnswer = z.object({
  data: z.object({
    res: z.object({ statusCode: z.number() }),
    payload: z
      .object({ error: z.string().nullable().catch(null) })
      .nullable()
      .catch(null),
  }),
})

/** Leaves out the cause, which holds the answer and with it the request and its secrets; its message is enough. */
function faultOf(grantType: string, error: unknown): LeverOAuthError {
  const useless = UselessAnswer.safeParse(error)
  if (useless.success) {
    const { res, payload } = useless.data.data
    return new LeverOAuthError({ grantType, httpStatus: res.statusCode, oauthCode: payload?.error ?? null })
  }
  const cause = new Error(error instanceof Error ? error.message : 'no answer')
  return new LeverOAuthError({ grantType, httpStatus: null, oauthCode: null, cause })
}
