import type { LeverCredentials } from '../lever/client.ts'
import { ServiceError } from '../errors.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { ConnectionStatus, RevocationCause } from './connection-model.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import { getGrant, GRANTED, type GrantState } from './grant.ts'

export interface CredentialDeps {
  tokens: AccessTokens
  secrets: ConnectionSecrets
  revoke(state: GrantState, cause: RevocationCause): Promise<void>
}

/** The maximum age of a grant that was just read and may still be used to call Lever. */
const YOUNG_MS = 500
/**
 * The same for syncs and sweeps, which make many calls in a row. A grant that was replaced or revoked in the meantime is
 * answered with 401, and then read again.
 */
export const READING_MS = 10_000

/** A grant, and when its read began, on the monotonic clock of this process. */
export type KnownGrant = GrantState & { askedAt: number }

export interface CredentialOptions {
  /** The statuses in which calls are allowed; by default, all with a grant. */
  statuses?: readonly ConnectionStatus[]
  /** The grant as just read. Calls that begin immediately do not read it again. */
  known?: KnownGrant
  /** How long a grant that was read, also by a call, is used. Default: half a second for `known`, and not at all for others. */
  keptMs?: number
}

/**
 * Returns the credentials of an organization, read for each call. A new authorization, an API key that replaces
 * OAuth, or a revocation by another process applies from the next call; with `known`, up to half a second later; with
 * `keptMs`, that much later.
 */
export function leverCredentials(
  deps: CredentialDeps,
  organization: string,
  { statuses = GRANTED, known, keptMs }: CredentialOptions = {},
): LeverCredentials {
  let latest = known
  const readAgain = async (): Promise<GrantState> => {
    const askedAt = performance.now()
    const state = await getGrant(organization, statuses)
    if (keptMs !== undefined) latest = { ...state, askedAt }
    return state
  }
  const read = async (): Promise<GrantState> => (latest && performance.now() - latest.askedAt < (keptMs ?? YOUNG_MS) ? latest : readAgain())
  const header = async (state: GrantState) =>
    isApiKey(state) ? basicHeader(openApiKey(deps, state)) : bearerHeader(await deps.tokens.current(state))
  return {
    header: async () => header(await read()),
    async renew(rejected) {
      const state = await readAgain()
      if (isApiKey(state) || !rejected.startsWith(BEARER)) return header(state)
      return bearerHeader(await deps.tokens.renew(state, rejected.slice(BEARER.length)))
    },
    async refused(rejected) {
      const state = await readAgain()
      if (!isApiKey(state)) return deps.tokens.refused(state, rejected.slice(BEARER.length))
      if (basicHeader(openApiKey(deps, state)) === rejected) await deps.revoke(state, 'key_refused')
    },
    fingerprint: async () => (await read()).grant.fingerprint ?? organization,
    scopes: async () => (await read()).auth.scopes ?? null,
  }
}

/** Returns credentials to be tested before they are stored. They cannot be renewed. */
export function trialCredentials(header: string, fingerprint: string, scopes: readonly string[] | null): LeverCredentials {
  return {
    header: () => Promise.resolve(header),
    renew: () => Promise.reject(new CredentialRefused()),
    fingerprint: () => Promise.resolve(fingerprint),
    scopes: () => Promise.resolve(scopes),
  }
}

/** Lever answered 401 to credentials under test. */
export class CredentialRefused extends ServiceError {
  constructor() {
    super('lever_rejected', 'Lever refused the credential.')
    this.name = 'CredentialRefused'
  }
}

const BEARER = 'Bearer '

/** A Lever API key is the user name of Basic authentication, with an empty password (Lever's API documentation). */
export function basicHeader(apiKey: string): string {
  return `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`
}

export function bearerHeader(accessToken: string): string {
  return BEARER + accessToken
}

function isApiKey({ auth }: GrantState): boolean {
  return auth.kind === 'apiKey'
}

function openApiKey({ secrets }: CredentialDeps, { organization, grant }: GrantState): string {
  return secrets.open(String(organization), 'grant.apiKey', grant.apiKey ?? '')
}
