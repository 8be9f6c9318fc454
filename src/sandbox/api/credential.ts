/** The caller: an API key (Basic, empty password) or an app's access token (Bearer). */
import type { World } from '../world.ts'
import { LeverError } from './lever-error.ts'

export interface Credential {
  /** `key:…` or `app:…`, the owner of the webhooks it makes */
  id: string
  /** the budget that the call uses */
  rateKey: string
  confidential: boolean
  allows(needs: { permission: string; scope: string }): boolean
}

/** @throws LeverError 401 */
export function authenticate(world: World, authorization: string | undefined): Credential {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ')
  const credential = /^basic$/i.test(scheme) ? byKey(world, value) : /^bearer$/i.test(scheme) ? byToken(world, value) : null
  if (!credential) throw new LeverError(401, 'The request requires authentication.')
  return credential
}

function byKey(world: World, encoded: string): Credential | null {
  const [key = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const apiKey = world.account.apiKeys.get(key)
  if (!apiKey || apiKey.revokedAt !== null || password.join(':') !== '') return null
  return {
    id: `key:${apiKey.id}`,
    rateKey: `key:${apiKey.id}`,
    confidential: apiKey.confidential,
    allows: (needs) => apiKey.permissions === null || apiKey.permissions.includes(needs.permission),
  }
}

function byToken(world: World, token: string): Credential | null {
  const accessToken = world.account.accessTokens.get(token)
  const grant = accessToken && world.account.grants.get(accessToken.grantId)
  const isRevoked = grant?.revokedAt !== null && world.settings.answers.revokedAccessToken === 'ends'
  if (!grant || isRevoked || accessToken.expiresAt <= world.now()) return null
  return {
    id: `app:${grant.clientId}`,
    rateKey: `grant:${grant.id}`,
    confidential: grant.scopes.includes('confidential:access:admin'),
    allows: (needs) => grant.scopes.includes(needs.scope) || grant.scopes.includes(needs.scope.replace(':read:', ':write:')),
  }
}
