/** Authorizations of apps and their tokens. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Grant, OauthApp } from '../account/access-records.ts'
import type { World } from '../world.ts'
import { newId } from '../ids.ts'
import { OFFLINE_ACCESS } from './scopes.ts'

/** The token endpoint's answer (Lever's API documentation). */
export interface TokenAnswer {
  access_token: string
  refresh_token?: string
  scope: string
  expires_in: number
  token_type: 'Bearer'
}

export function addGrant(world: World, app: OauthApp, userId: string, scopes: string[]): Grant {
  const grant: Grant = {
    id: newId(),
    clientId: app.clientId,
    userId,
    scopes,
    createdAt: world.now(),
    revokedAt: null,
    refreshToken: null,
    spentRefreshTokens: [],
  }
  world.account.grants.set(grant.id, grant)
  return grant
}

/** Issues a new pair and marks the previous refresh token as spent. */
export function issueTokens(world: World, grant: Grant): TokenAnswer {
  const { account, settings } = world
  const expiresAt = world.now() + settings.accessTokenLifeMs
  const access = signedToken(world, grant, expiresAt)
  for (const token of account.accessTokens.values()) if (token.expiresAt <= world.now()) account.accessTokens.delete(token.token)
  account.accessTokens.set(access, { token: access, grantId: grant.id, expiresAt })
  if (grant.refreshToken) grant.spentRefreshTokens.push(grant.refreshToken)
  grant.refreshToken = grant.scopes.includes(OFFLINE_ACCESS) ? `v1.${randomBytes(32).toString('base64url')}` : null
  world.changed()
  return {
    access_token: access,
    ...(grant.refreshToken ? { refresh_token: grant.refreshToken } : {}),
    scope: grant.scopes.join(' '),
    expires_in: Math.floor(settings.accessTokenLifeMs / 1000),
    token_type: 'Bearer',
  }
}

/** In the form of the documented sample; the sandbox looks tokens up and does not parse them. */
function signedToken(world: World, grant: Grant, expiresAt: number): string {
  const { account, urls } = world
  const claims = {
    'https://oauth.lever.co/userId': grant.userId,
    'https://oauth.lever.co/accountId': account.accountId,
    'https://oauth.lever.co/clientId': grant.clientId,
    iss: `${urls.url}/`,
    sub: `lever|${grant.userId}`,
    aud: urls.audience,
    azp: grant.clientId,
    iat: Math.floor(world.now() / 1000),
    exp: Math.floor(expiresAt / 1000),
    scope: grant.scopes.join(' '),
    jti: randomBytes(12).toString('hex'),
  }
  const text = [{ alg: 'HS512', v: '2.0', kid: account.accountId }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${text}.${createHmac('sha512', account.signingKey).update(text).digest('base64url')}`
}

/** Refreshing fails from now on. API calls get 401 at once, or after the token's hour is over (assumed). */
export function revokeGrant(world: World, grant: Grant): void {
  grant.revokedAt ??= world.now()
  if (world.settings.answers.revokedAccessToken === 'ends')
    for (const token of world.account.accessTokens.values()) if (token.grantId === grant.id) world.account.accessTokens.delete(token.token)
  world.changed()
}

export function liveGrants(world: World, clientId?: string): Grant[] {
  return [...world.account.grants.values()].filter(
    (grant) => grant.revokedAt === null && (clientId === undefined || grant.clientId === clientId),
  )
}

/** Returns the grant with this current or spent refresh token. */
export function grantOfRefreshToken(world: World, refreshToken: string): { grant: Grant; spent: boolean } | null {
  for (const grant of world.account.grants.values()) {
    if (grant.refreshToken === refreshToken) return { grant, spent: false }
    if (grant.spentRefreshTokens.includes(refreshToken)) return { grant, spent: true }
  }
  return null
}
