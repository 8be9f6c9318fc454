/** `POST /oauth/token`: form or JSON, credentials in the body; errors as from Auth0 (assumed). */
import { timingSafeEqual } from 'node:crypto'
import { Router } from '@koa/router'
import { z } from 'zod'
import { plainBody, understandBody } from '../api/request-body.ts'
import type { SandboxContext, SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import type { AuthorizationCodes } from './authorization-codes.ts'
import { addGrant, grantOfRefreshToken, issueTokens, revokeGrant, type TokenAnswer } from './grants.ts'

const TokenRequest = z.object({
  grant_type: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
  code: z.string().optional(),
  redirect_uri: z.string().optional(),
  code_verifier: z.string().optional(),
  refresh_token: z.string().optional(),
})
type TokenRequest = z.infer<typeof TokenRequest>

class TokenError extends Error {
  readonly status: 401 | 403
  readonly error: string

  constructor(status: 401 | 403, error: string, description: string) {
    super(description)
    this.status = status
    this.error = error
  }
}

export function tokenRoutes(world: World, codes: AuthorizationCodes): Router<SandboxState> {
  const router = new Router<SandboxState>({ prefix: '/oauth' })
  router.post('/token', async (ctx: SandboxContext) => {
    try {
      const request = await readRequest(ctx)
      const { grantId, answer } = exchange(world, codes, request)
      if (ctx.state.entry) ctx.state.entry.effectId = grantId
      ctx.set('cache-control', 'no-store')
      ctx.body = answer
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      const isAuth0 = world.settings.answers.tokenErrors === 'auth0'
      ctx.status = isAuth0 || error.status === 401 ? error.status : 400
      ctx.body = { error: !isAuth0 && error.status === 401 ? 'invalid_client' : error.error, error_description: error.message }
    }
  })
  return router
}

async function readRequest(ctx: SandboxContext): Promise<TokenRequest> {
  const plain = plainBody(await understandBody(ctx.state.bytes, ctx.get('content-type')))
  const parsed = TokenRequest.safeParse(plain)
  if (!parsed.success) throw missing(parsed.error.issues[0]?.path.join('.') ?? 'grant_type')
  if (ctx.state.entry) {
    ctx.state.entry.body = { grant_type: parsed.data.grant_type }
    ctx.state.entry.credential = `app:${parsed.data.client_id}`
  }
  return parsed.data
}

function exchange(world: World, codes: AuthorizationCodes, request: TokenRequest): { grantId: string; answer: TokenAnswer } {
  const app = world.account.apps.get(request.client_id)
  if (!app || !sameSecret(app.clientSecret, request.client_secret)) throw new TokenError(401, 'access_denied', 'Unauthorized')
  if (request.grant_type === 'authorization_code') return redeemCode(world, codes, request)
  if (request.grant_type === 'refresh_token') return refresh(world, request)
  throw new TokenError(403, 'unsupported_grant_type', `Unsupported grant type: ${request.grant_type}`)
}

function redeemCode(world: World, codes: AuthorizationCodes, request: TokenRequest): { grantId: string; answer: TokenAnswer } {
  if (!request.code) throw missing('code')
  if (!request.redirect_uri) throw missing('redirect_uri')
  const given = {
    clientId: request.client_id,
    redirectUri: request.redirect_uri,
    codeVerifier: request.code_verifier,
    checkVerifier: world.settings.answers.pkce === 'checked',
    now: world.now(),
  }
  const issued = codes.redeem(request.code, given)
  if (!issued) throw new TokenError(403, 'invalid_grant', 'Invalid authorization code')
  const grant = addGrant(world, issued.request.app, issued.userId, issued.request.scopes)
  return { grantId: grant.id, answer: issueTokens(world, grant) }
}

/** Reusing a spent token may revoke the whole family: rotation as Auth0 describes it (assumed for Lever). */
function refresh(world: World, request: TokenRequest): { grantId: string; answer: TokenAnswer } {
  if (!request.refresh_token) throw missing('refresh_token')
  const found = grantOfRefreshToken(world, request.refresh_token)
  const usable = found !== null && found.grant.clientId === request.client_id && found.grant.revokedAt === null
  if (usable && found.spent && world.settings.answers.spentRefreshToken === 'revokesGrant') revokeGrant(world, found.grant)
  if (!usable || found.spent) throw new TokenError(403, 'invalid_grant', 'Unknown or invalid refresh token.')
  return { grantId: found.grant.id, answer: issueTokens(world, found.grant) }
}

function missing(name: string): TokenError {
  return new TokenError(403, 'invalid_request', `Missing required parameter: ${name}`)
}

function sameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
