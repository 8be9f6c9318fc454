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
  /** What people know the provider by: its host. */
  name: string
  /**
   * Where the browser goes to show who it is, and `flow`, to be kept in that browser (a cookie) until it comes back.
   * @throws OpenIdFailure when the provider cannot be reached
   */
  begin(next: string): Promise<{ url: string; flow: string }>
  /**
   * The verified e-mail of who comes back with `search`, the query of the callback; and the `next` of the beginning.
   * @throws OpenIdFailure
   */
  finish(search: string, flow: string | undefined): Promise<{ email: string; next: string }>
}

/** How long one may take at the provider. */
export const FLOW_MS = 10 * 60_000
const CALL_TIMEOUT_S = 10
const FLOW_PLACE = { organization: 'none', record: 'sign-in', field: 'openIdFlow' } as const

const Flow = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string(), at: z.number() })
type Flow = z.output<typeof Flow>

/**
 * Sign-in by OpenID Connect: authorization code with PKCE, `state` and `nonce`. The provider is looked up when it is first needed, and
 * again after that failed, so that it may be away when the service starts.
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

/** In the header, which is what providers take unless they say otherwise; else in the body. OpenID Connect Discovery 1.0, 3. */
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
    // another browser's, or nothing
  }
  throw new OpenIdFailure('notBegun')
}

const Claims = z.object({ sub: z.string(), email: z.unknown().optional(), email_verified: z.unknown().optional() })

/** From the ID token or, where a provider leaves it out there, from its user information. */
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
