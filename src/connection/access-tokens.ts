import { setTimeout as sleep } from 'node:timers/promises'
import { LeverCallError } from '../lever/lever-call-error.ts'
import type { LeverOAuth, TokenPair } from '../lever/oauth.ts'
import { LeverOAuthError } from '../lever/lever-oauth-error.ts'
import type { Log } from '../log.ts'
import type { RevocationCause } from './connection-model.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import {
  connectionNotActive,
  getGrant,
  isDueForRefresh,
  isExpired,
  isFresh,
  type GrantState,
  noteRefusal,
  storeRefreshedPair,
} from './grant.ts'
import { releaseRefreshLease, takeRefreshLease, type RefreshLease, RefreshRest } from './refresh.ts'

export interface AccessTokenDeps {
  /** Null without a client id: an existing token pair can then be used, but not refreshed. */
  oauth: LeverOAuth | null
  secrets: ConnectionSecrets
  /** The time limit of one call to the token endpoint. */
  timeoutMs: number
  log: Log
  /** Marks the grant revoked, unless another generation has replaced it. */
  revoke(state: GrantState, cause: RevocationCause): Promise<void>
  observeRefresh?: ((outcome: RefreshOutcome) => void) | undefined
}

/**
 * The result of using a refresh token: `superseded` if another pair or key has replaced the grant in the meantime,
 * `refused` permanently, or `failed` for now.
 */
export const REFRESH_OUTCOMES = ['refreshed', 'superseded', 'refused', 'failed'] as const
export type RefreshOutcome = (typeof REFRESH_OUTCOMES)[number]

/** Added to the time of the call itself, for reading, sealing, and saving. */
const SAVE_MS = 5000
const LOOK_AGAIN_MS = 50
const MOST_EARLY_RENEWALS = 3

/**
 * Access tokens of OAuth grants, refreshed at 80 % of their lifetime or when Lever refuses the current one. A refresh
 * token is single use (Lever's API documentation), so it must be used only once: calls within this process share one
 * refresh, a lease excludes other processes, and the new pair is saved by comparing generations before anything uses
 * it.
 */
export function createAccessTokens(deps: AccessTokenDeps) {
  const flights = new Map<string, Promise<string>>()
  const rest = new RefreshRest()

  const refresh = (state: GrantState): Promise<string> => {
    const key = `${String(state._id)}/${state.grant.generation}`
    const running = flights.get(key)
    if (running) return running
    const flight = rest.during(key, () => refreshGrant(deps, state)).finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }

  return {
    /**
     * Returns the token to call Lever with now.
     * @throws ServiceError `connection_not_active`; LeverCallError (never sent) while an expired token cannot be
     * replaced
     */
    async current(state: GrantState): Promise<string> {
      const cannotBeReplaced = !state.grant.refreshToken && !isExpired(state)
      if (!isDueForRefresh(state) || cannotBeReplaced) return openAccessToken(deps, state)
      try {
        return await refresh(state)
      } catch (error) {
        if (error instanceof LeverCallError && !isExpired(state)) return openAccessToken(deps, state)
        throw error
      }
    },

    /**
     * Returns the token to repeat a call with after Lever answered it with 401. Only a refusal of the current token
     * causes a refresh. After Lever has refused several fresh tokens in a row, returns the same token again: Lever's
     * answer to the repeat decides, and many callers at once cause no further refreshes.
     */
    async renew(state: GrantState, rejected: string): Promise<string> {
      const token = openAccessToken(deps, state)
      if (token !== rejected) return token
      if (isFresh(state) && (state.grant.refusals ?? 0) > 0) {
        await deps.revoke(state, 'token_refused')
        throw connectionNotActive('revoked')
      }
      if (isFresh(state) && (state.grant.earlyRenewals ?? 0) >= MOST_EARLY_RENEWALS) return token
      return refresh(state)
    },

    /** Called when Lever refused a token that {@link renew} had just returned. */
    async refused(state: GrantState, rejected: string): Promise<void> {
      if (openAccessToken(deps, state) === rejected) await noteRefusal(state)
    },
  }
}

export type AccessTokens = ReturnType<typeof createAccessTokens>

function openAccessToken({ secrets }: AccessTokenDeps, { organization, grant }: GrantState): string {
  if (!grant.accessToken) throw tokenUnavailable(new Error('an API key has taken the place of the tokens'))
  return secrets.open(String(organization), 'grant.accessToken', grant.accessToken)
}

/** Refreshes under the lease, or waits for the process that holds it. */
async function refreshGrant(deps: AccessTokenDeps, state: GrantState): Promise<string> {
  const leaseMs = deps.timeoutMs + SAVE_MS
  const deadline = performance.now() + 2 * leaseMs
  while (performance.now() < deadline) {
    const lease = await takeRefreshLease(state, leaseMs)
    if (lease) return spend(deps, state, lease)
    const latest = await getGrant(String(state.organization))
    if (latest.grant.generation !== state.grant.generation) return openAccessToken(deps, latest)
    await sleep(LOOK_AGAIN_MS)
  }
  throw tokenUnavailable(new Error('another process did not finish its refresh'))
}

async function spend(deps: AccessTokenDeps, state: GrantState, lease: RefreshLease): Promise<string> {
  const { oauth, secrets } = deps
  const sealed = lease.document.grant.refreshToken
  if (!sealed) {
    await deps.revoke(state, 'no_refresh_token')
    throw connectionNotActive('revoked')
  }
  const sentAt = performance.now()
  let pair: TokenPair
  try {
    if (!oauth) throw new Error('LEVER_CLIENT_ID and LEVER_CLIENT_SECRET are not set')
    if (sentAt + deps.timeoutMs >= lease.endsAt) throw new Error('the lease ran out before the call')
    pair = await oauth.refresh(secrets.open(String(state.organization), 'grant.refreshToken', sealed))
  } catch (error) {
    if (error instanceof LeverOAuthError && error.invalidGrant) return refusedForGood(deps, state, lease)
    await releaseRefreshLease(lease, error instanceof LeverOAuthError && error.temporary)
    deps.observeRefresh?.('failed')
    deps.log.warn(
      { organization: String(state.organization), connection: String(state._id), err: error },
      'access token not refreshed, trying again later',
    )
    throw tokenUnavailable(error)
  }
  return save(deps, state, pair, sentAt)
}

async function save(deps: AccessTokenDeps, state: GrantState, pair: TokenPair, sentAt: number): Promise<string> {
  const isSaved = await storeInsistently(deps, () => storeRefreshedPair(deps.secrets, state, pair, sentAt))
  const line = { organization: String(state.organization), connection: String(state._id), generation: state.grant.generation + 1 }
  deps.log.info({ ...line, superseded: !isSaved }, 'access token refreshed')
  deps.observeRefresh?.(isSaved ? 'refreshed' : 'superseded')
  if (isSaved) return pair.accessToken
  return openAccessToken(deps, await getGrant(String(state.organization)))
}

/**
 * A new pair exists only in this process until it is saved, and losing it costs the authorization. Saving is
 * therefore retried for several seconds.
 */
async function storeInsistently({ log }: AccessTokenDeps, store: () => Promise<boolean>): Promise<boolean> {
  for (let pauseMs = 100; ; pauseMs *= 2) {
    try {
      return await store()
    } catch (error) {
      if (pauseMs > 10_000) throw error
      log.warn({ err: error }, 'new access token not saved yet')
      await sleep(pauseMs)
    }
  }
}

/** `invalid_grant` counts only if no other process may still save a pair of this generation. */
async function refusedForGood(deps: AccessTokenDeps, state: GrantState, lease: RefreshLease): Promise<string> {
  const organization = String(state.organization)
  const deadline = performance.now() + (lease.tookOver ? deps.timeoutMs : 0)
  for (;;) {
    const latest = await getGrant(organization)
    if (latest.grant.generation !== state.grant.generation) return openAccessToken(deps, latest)
    if (performance.now() >= deadline) break
    await sleep(LOOK_AGAIN_MS)
  }
  deps.observeRefresh?.('refused')
  await deps.revoke(state, lease.tookOver || lease.document.grant.unanswered ? 'refresh_lost' : 'refresh_refused')
  return openAccessToken(deps, await getGrant(organization))
}

/** Nothing was sent to Lever's API, so a retry is safe. */
function tokenUnavailable(cause: unknown): LeverCallError {
  return new LeverCallError({ kind: 'connect', call: 'POST /oauth/token', cause })
}
