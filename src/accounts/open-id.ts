import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type ClientAuth,
  type Configuration,
} from 'openid-client'
import { z } from 'zod'
import type { OpenIdSettings } from '../config.ts'
import type { Sealer } from '../secrets/sealer.ts'
import { EmailAddress } from './email-address.ts'
import { OpenIdFailure } from './open-id-failure.ts'

export interface OpenId {
  /** The provider's host, shown to people as its name. */
  name: string
  /**
   * Returns the address where the browser signs in, and `flow`, to be kept in that browser (as a cookie) until it
   * returns.
   * @throws OpenIdFailure when the provider cannot be reached
   */
  begin(next: string): Promise<{ url: string; flow: string }>
  /**
   * Returns the verified email of the person who returns with `search`, the query of the callback, and the `next`
   * given to `begin`.
   * @throws OpenIdFailure
   */
  finish(search: string, flow: string | undefined): Promise<{ email: string; next: string }>
}

/** The time limit for signing in at the provider. */
export const FLOW_MS = 10 * 60_000
const CALL_TIMEOUT_S = 10
const FLOW_PLACE = { organization: 'none', record: 'sign-in', field: 'openIdFlow' } as const

const Flow = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string(), at: z.number() })
type Flow = z.output<typeof Flow>

/**
 * Sign-in by OpenID Connect: authorization code with PKCE, `state`, and `nonce`. The provider's metadata is fetched
 * on first use, and again after a failure, so that the provider may be unreachable when the service starts.
 */
export function createOpenId(deps: { settings: OpenIdSettings; publicUrl: string; sealer: Pick<Sealer, 'seal' | 'open'> }): OpenId {
  const { settings, sealer } = deps
  const callback = `${deps.publicUrl}/sign-in/oidc/callback`
  let found: Promise<Configuration> | undefined
  const configuration = () =>
    (found ??= discover(settings).catch((cause: unknown) => {
      found = undefined
      throw new OpenIdFailure('unreachable', { cause })
    }))

  return {
    name: new URL(settings.issuer).host,
    async begin(next) {
      const flow: Flow = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), next, at: Date.now() }
      const url = buildAuthorizationUrl(await configuration(), {
        redirect_uri: callback,
        scope: 'openid email',
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, flow: sealer.seal(JSON.stringify(flow), FLOW_PLACE) }
    },
    async finish(search, sealed) {
      const flow = openFlow(sealer, sealed)
      const email = await verifiedEmail(await configuration(), new URL(callback + search), flow)
      return { email, next: flow.next }
    },
  }
}

async function discover({ issuer, clientId, clientSecret }: OpenIdSettings): Promise<Configuration> {
  const url = new URL(issuer)
  const execute = [enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [allowInsecureRequests] : [])]
  return discovery(url, clientId, undefined, clientAuth(clientSecret), { execute, timeout: CALL_TIMEOUT_S })
}

/**
 * Sends the secret in the header, which is the default, or in the body if the provider requires that. OpenID Connect
 * Discovery 1.0, 3.
 */
function clientAuth(clientSecret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)]
  return (server, client, body, headers) => {
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = server
    return (methods.includes('client_secret_basic') ? basic : post)(server, client, body, headers)
  }
}

function openFlow(sealer: Pick<Sealer, 'open'>, sealed: string | undefined): Flow {
  try {
    const flow = Flow.parse(JSON.parse(sealer.open(sealed ?? '', FLOW_PLACE)))
    if (Date.now() - flow.at < FLOW_MS) return flow
  } catch {
    // another browser's cookie, or none
  }
  throw new OpenIdFailure('notBegun')
}

const Claims = z.object({ sub: z.string(), email: z.unknown().optional(), email_verified: z.unknown().optional() })

/** Reads the ID token or, if a provider leaves the email out of it, its user information. */
async function verifiedEmail(server: Configuration, returned: URL, { state, nonce, verifier }: Flow): Promise<string> {
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier }
  const claims = await readClaims(server, returned, checks).catch((cause: unknown) => {
    const isDenied = cause instanceof AuthorizationResponseError && cause.error === 'access_denied'
    throw new OpenIdFailure(isDenied ? 'denied' : 'failed', { cause })
  })
  const email = EmailAddress.safeParse(claims.email)
  if (!email.success) throw new OpenIdFailure('emailMissing')
  if (claims.email_verified !== true) throw new OpenIdFailure('emailUnverified')
  return email.data
}

async function readClaims(
  server: Configuration,
  returned: URL,
  checks: Parameters<typeof authorizationCodeGrant>[2],
): Promise<z.output<typeof Claims>> {
  const tokens = await authorizationCodeGrant(server, returned, checks)
  const claims = Claims.parse(tokens.claims())
  return claims.email === undefined ? Claims.parse(await fetchUserInfo(server, tokens.access_token, claims.sub)) : claims
}
