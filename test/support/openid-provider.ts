/** A real provider of OpenID Connect on this machine, where everybody who comes is `person`. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Configuration, Provider } from 'oidc-provider'

export interface ProviderPerson {
  email?: string
  emailVerified?: boolean
}

export interface OpenIdProvider {
  /** Who comes to it; null: they are refused there. */
  person: ProviderPerson | null
  /** What was asked of its authorization endpoint. */
  asked: URLSearchParams[]
  stop(): Promise<void>
}

export const CLIENT = { clientId: 'fulcrum', clientSecret: 'a secret of the provider, for the tests' }

interface ProviderOptions {
  redirectUri: string
  /** Where the email stands: in the ID token, which is the default, or only in the user information. */
  claimsIn?: 'idToken' | 'userInfo'
  /** A free one, chosen before so that the site can know its address. */
  port: number
}

export async function startOpenIdProvider(options: ProviderOptions): Promise<OpenIdProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${options.port}`
  const running: OpenIdProvider = {
    person: { email: 'ana@acme.example', emailVerified: true },
    asked: [],
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const provider = await quietly(async () => new (await import('oidc-provider')).Provider(issuer, configuration(running, options)))
  const handle = provider.callback()
  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === '/auth') running.asked.push(url.searchParams)
    void (url.pathname.startsWith('/interaction/') ? letIn(provider, running, request, response) : handle(request, response))
  })
  return running
}

/** It warns of being used without TLS, and in a version of Node that it calls old. */
async function quietly<T>(make: () => Promise<T>): Promise<T> {
  const { warn, info } = console
  console.warn = console.info = () => undefined
  try {
    return await make()
  } finally {
    Object.assign(console, { warn, info })
  }
}

async function letIn(provider: Provider, { person }: OpenIdProvider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const result = person ? { login: { accountId: 'somebody' } } : { error: 'access_denied', error_description: 'told no' }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

function configuration(running: OpenIdProvider, options: ProviderOptions): Configuration {
  return {
    clients: [{ client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, redirect_uris: [options.redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: options.claimsIn === 'userInfo',
    features: { devInteractions: { enabled: false } },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    cookies: { keys: ['a key of the tests'] },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    async findAccount(_context, accountId) {
      const { email, emailVerified } = running.person ?? {}
      return { accountId, claims: async () => ({ sub: accountId, email, email_verified: emailVerified }) }
    },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: CLIENT.clientId, accountId: oidc.session?.accountId ?? '' })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
  }
}
