import type { Accounts } from '../../accounts/accounts.ts'
import type { Caller } from '../../accounts/caller.ts'
import { ServiceError } from '../../errors.ts'
import { equalSecrets } from '../../secrets/opaque-token.ts'
import { assertIntended, loadSession } from '../shell/session.ts'
import type { SiteContext } from '../shell/site-state.ts'
import { clientNetwork } from '../shell/client-address.ts'
import type { SignInFailures } from '../shell/sign-in-failures.ts'
import { isRead, type Access, type Endpoint } from './endpoint.ts'

export interface IdentifyDeps {
  accounts: Pick<Accounts, 'authenticateApiKey' | 'findSession'>
  operatorApiKey: string | undefined
  publicUrl: string
  failures: Pick<SignInFailures, 'count'>
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Identifies the caller by the key in `Authorization`, or else by the session cookie. A write with a cookie must be intended.
 * @throws ServiceError `unauthenticated`, `too_many_requests`, `csrf_token_missing`, `forbidden`
 */
export async function identifyCaller(ctx: SiteContext, deps: IdentifyDeps): Promise<Caller> {
  const authorization = ctx.get('Authorization')
  if (authorization !== '') return byKey(ctx, authorization, deps)
  await loadSession(ctx, deps.accounts)
  if (!ctx.state.caller) throw unauthenticated('Send an API key as Authorization: Bearer, or sign in.')
  if (!READS.has(ctx.method)) assertIntended(ctx, deps.publicUrl, ctx.get('X-CSRF-Token'))
  return ctx.state.caller
}

/**
 * A correct key passes no matter how many wrong ones came from its address: keys cannot be guessed, and others at the same address may be
 * misconfigured.
 */
async function byKey(ctx: SiteContext, authorization: string, deps: IdentifyDeps): Promise<Caller> {
  const [, key] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
  if (key === undefined) throw unauthenticated('The Authorization header must be Bearer followed by a key.')
  if (deps.operatorApiKey !== undefined && equalSecrets(key, deps.operatorApiKey)) return { kind: 'operator' }
  const caller = await deps.accounts.authenticateApiKey(key)
  if (!caller) {
    await countWrongKey(ctx, deps.failures)
    throw unauthenticated('The API key is unknown or revoked.')
  }
  return caller
}

/** @throws ServiceError `too_many_requests` from the eleventh wrong key in a minute */
export async function countWrongKey(ctx: SiteContext, failures: Pick<SignInFailures, 'count'>): Promise<void> {
  await failures.count([`keys ${clientNetwork(ctx)}`])
}

function unauthenticated(message: string): ServiceError {
  return new ServiceError('unauthenticated', message, { headers: { 'WWW-Authenticate': 'Bearer realm="fulcrum"' } })
}

/**
 * The operator's key opens only the operator's endpoints. An organization's key opens all others, or with `read` access only those that change
 * nothing. A person may use those of their role.
 * @throws ServiceError `forbidden`
 */
export function assertAccess(caller: Caller, endpoint: Pick<Endpoint, 'access' | 'method' | 'reads'>): void {
  const { access } = endpoint
  if (caller.kind === 'apiKey' && access !== 'operator' && caller.access === 'read' && !isRead(endpoint)) {
    throw new ServiceError('forbidden', 'This API key can only read.', {
      hint: 'Use a key with full access; an admin can create one in Settings > API keys.',
    })
  }
  if (isAllowed(caller, access)) return
  if (access === 'operator') throw new ServiceError('forbidden', "This requires the operator's key.")
  if (caller.kind === 'operator') throw new ServiceError('forbidden', "The operator's key works only on /organizations and /erasures.")
  throw new ServiceError('forbidden', 'This requires an admin.', { hint: 'Ask an admin of your organization.' })
}

function isAllowed(caller: Caller, access: Access): boolean {
  if (caller.kind === 'operator') return access === 'operator' || access === 'operatorOrAdmin'
  if (access === 'operator') return false
  return caller.kind === 'apiKey' || caller.role === 'admin' || access === 'sourcer'
}
