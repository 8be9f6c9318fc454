import type { Publish } from '../events/domain-events.ts'
import { Types } from 'mongoose'
import type { Accounts } from '../accounts/accounts.ts'
import type { Audit } from '../audit/audit.ts'
import type { LeverEnvironment } from '../config.ts'
import {
  createLeverClient,
  type Lane,
  type LeverClient,
  type LeverClientOptions,
  type LeverCredentials,
  type ObservedCall,
  type WaitedFor,
} from '../lever/client.ts'
import { createLeverOAuth } from '../lever/oauth.ts'
import type { RequestBudget } from '../lever/request-budget.ts'
import type { Log } from '../log.ts'
import type { Sealer } from '../secrets/sealer.ts'
import { createAccessTokens, type RefreshOutcome } from './access-tokens.ts'
import { KNOWN_USERS } from './account-identity.ts'
import { activate, assertExporting, pause } from './activate.ts'
import { apiHostOf, keepApiHost } from './api-host.ts'
import { putApiKey } from './api-key.ts'
import { findAuthorization, finishAuthorization, openAuthorization, type AuthorizationReturn } from './authorize.ts'
import { createAuthorizeLink, endAuthorizations, readAuthorizeLink } from './authorize-link.ts'
import type { ConnectionContext, ConnectionNeighbours } from './connection-context.ts'
import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'
import { connectionSecrets } from './connection-secrets.ts'
import { describeConnection } from './connection-view.ts'
import { disconnect } from './disconnect.ts'
import { findConnectionByEndpointKey, findRecentByEndpointKey, getConnection, type ReadConnection } from './find-connection.ts'
import { assertGranted, getGrant, getGrantForReading, GRANTED, type GrantState } from './grant.ts'
import { offProblem, featureProblem, statusFor } from './feature-state.ts'
import type { Feature } from './features.ts'
import { neededPermissions, neededScopes, seesConfidential } from './lever-access.ts'
import { leverCredentials, READING_MS, type CredentialDeps, type CredentialOptions } from './lever-credentials.ts'
import { noteWebhook } from './note-webhook.ts'
import { provisionWebhooks } from './provision-webhooks.ts'
import { refreshDue } from './refresh.ts'
import { createRevoker } from './revoke.ts'
import { changeSettings, type SettingsPatch } from './settings.ts'
import { deleteSignatureToken, putSignatureToken, signatureTokensFor } from './signature-tokens.ts'
import { createOlderKeyTrial } from './try-key.ts'
import type { SignatureTokenPlace } from './webhook-events.ts'

export interface ConnectionsDeps extends ConnectionNeighbours {
  sealer: Sealer
  accounts: Pick<Accounts, 'findPerson' | 'getOrganization' | 'setSourceName'>
  audit: Pick<Audit, 'append'>
  publish: Publish
  budget: RequestBudget
  lever: {
    environment: LeverEnvironment
    apiUrl: string
    authUrl: string
    audience: string
    clientId: string | undefined
    clientSecret: string | undefined
    timeoutMs: number
  }
  /** Without a trailing slash. The redirect URI and the webhook address begin with it. */
  publicUrl: string
  log: Log
  observeCall?: ((call: ObservedCall) => void) | undefined
  observeRefresh?: ((outcome: RefreshOutcome) => void) | undefined
}

export type Connections = ReturnType<typeof createConnections>

type OnWait = (forWhat: WaitedFor) => void
type OpenOptions = { onWait?: OnWait | undefined } & Pick<CredentialOptions, 'known' | 'keptMs'>
type ClientOptions = Partial<Pick<LeverClientOptions, 'lane' | 'onWait' | 'movedTo' | 'onMoved'>>

/**
 * An organization's Lever account: authorization, access tokens, signature tokens of webhooks, settings, readiness,
 * revocation.
 */
export function createConnections(deps: ConnectionsDeps) {
  const { accounts, audit, log, publicUrl } = deps
  const { apiUrl, timeoutMs } = deps.lever
  const secrets = connectionSecrets(deps.sealer)
  const oauth = oauthOf(deps)
  const revoke = createRevoker({ audit })
  const { observeRefresh, observeCall: observe } = deps
  const tokens = createAccessTokens({ oauth, secrets, timeoutMs, log, revoke, observeRefresh })
  const credentialDeps: CredentialDeps = { tokens, secrets, revoke }
  const amongLoopback = deps.lever.environment === 'local'
  const clientWith = (credentials: LeverCredentials, options: ClientOptions = {}): LeverClient =>
    createLeverClient({ lane: 'interactive', ...options, apiUrl, amongLoopback, budget: deps.budget, timeoutMs, credentials, log, observe })
  const open = (state: GrantState, lane: Lane, { onWait, ...kept }: OpenOptions = {}) => {
    const organization = String(state.organization)
    const movedTo = apiHostOf(state, apiUrl, amongLoopback)
    const onMoved = (to: string | null): Promise<void> => keepApiHost(organization, apiUrl, to)
    const credentials = leverCredentials(credentialDeps, organization, kept)
    return clientWith(credentials, { lane, onWait, movedTo, onMoved })
  }
  const leverClient = async (organization: string, lane: Lane = 'interactive') => open(await getGrant(organization), lane)
  const remainingClient = (organization: string) =>
    clientWith(leverCredentials(credentialDeps, organization, { statuses: [...GRANTED, 'disconnected'] }))
  const context: ConnectionContext = {
    accounts,
    audit,
    secrets,
    oauth,
    environment: deps.lever.environment,
    publicUrl,
    log,
    clientWith,
    remainingClient,
    neighbours: deps,
    publish: deps.publish,
  }

  return {
    describe: (organization: string) => describeConnection(context, organization),
    get: getConnection,
    findByEndpointKey: findConnectionByEndpointKey,
    findRecentByEndpointKey,

    /**
     * Returns the scopes that Authorize asks for (null without an OAuth app) and the permissions that an API key
     * needs, each with the features that need it.
     */
    async neededOfLever(organization: string) {
      const { settings } = await getConnection(organization)
      return { scopes: oauth ? neededScopes(settings) : null, permissions: neededPermissions(settings) }
    },
    authorizeLink: (organization: string, userEmail: string, actor: string) => createAuthorizeLink(context, organization, userEmail, actor),
    /** Ends the authorizations of this admin that are under way. Completed ones stay. */
    endAuthorizations,
    readAuthorizeLink: (id: string, token: string) => readAuthorizeLink(context, id, token),
    findAuthorization: (token: string) => findAuthorization(context, token),
    openAuthorization: (token: string) => openAuthorization(context, token),
    finishAuthorization: (returned: AuthorizationReturn) => finishAuthorization(context, returned),
    putApiKey: (organization: string, input: { apiKey: string; userEmail: string }, actor: string) =>
      putApiKey(context, organization, input, actor),

    changeSettings: (organization: string, patch: SettingsPatch, actor: string) => changeSettings(context, organization, patch, actor),
    putSignatureToken: (organization: string, place: SignatureTokenPlace, token: string, actor: string) =>
      putSignatureToken(context, organization, { place, token }, actor),
    deleteSignatureToken: (organization: string, place: SignatureTokenPlace, actor: string) =>
      deleteSignatureToken(context, organization, place, actor),
    provisionWebhooks: async (organization: string, actor: string) =>
      provisionWebhooks(context, organization, await leverClient(organization), actor),
    signatureTokensFor: (connection: ConnectionDocument, event: string) => signatureTokensFor(context, connection, event),
    noteWebhook,

    activate: (organization: string, actor: string) => activate(context, organization, actor),
    pause: (organization: string, actor: string) => pause(context, organization, actor),
    disconnect: (organization: string, actor: string) => disconnect(context, organization, actor),

    /** @throws ServiceError `connection_not_active` if there is no usable grant */
    leverClient,
    /**
     * The same for callers that have just read the connection. `onWait` is called for each call that the budget
     * delays.
     * @throws ServiceError `connection_not_active` if there is no usable grant
     */
    clientFor(connection: ReadConnection, lane: Lane, onWait?: OnWait): LeverClient {
      assertGranted(connection)
      return open(connection, lane, { onWait, known: connection })
    },
    /**
     * Opens a client for a sync or a sweep, which may use a grant for ten seconds after it was read. `confidential`: it
     * shows confidential records.
     * @throws ServiceError `connection_not_active` if there is no usable grant
     */
    async openReading(organization: string): Promise<{ client: LeverClient; confidential: boolean }> {
      const known = await getGrantForReading(organization)
      return { client: open(known, 'sync', { known, keptMs: READING_MS }), confidential: seesConfidential(known.auth) }
    },
    /** Also calls Lever for a connection that has ended, until its grant is deleted. */
    remainingClient,
    assertExporting,
    /** Null if the feature works. */
    featureProblem: async (organization: string, feature: Feature) => featureProblem(await getConnection(organization), feature),
    /**
     * An action that begins something in Lever (`toBegin`) also needs the grant.
     * @throws ServiceError `feature_off`, `scope_missing`
     */
    async assertFeature(organization: string, feature: Feature, { toBegin }: { toBegin: boolean }): Promise<ReadConnection> {
      const connection = await getConnection(organization)
      const problem = toBegin ? featureProblem(connection, feature) : offProblem(connection, feature)
      if (problem) throw problem
      return connection
    },
    /** The status for work of one feature. */
    statusFor,
    canSeeConfidential: ({ auth }: Pick<ConnectionDocument, 'auth'>) => seesConfidential(auth),
    /** Refreshes every access token that is due. For a job; several may run at once. */
    refreshDue: () => refreshDue({ tokens, log }),
    /** Tests API keys that were added before their features needed more permissions, of some connections with each call. For a job. */
    tryOlderKeys: createOlderKeyTrial({ remainingClient, log }),
    /** Stores users of the account, which identify it later. */
    rememberLeverUsers,
    noteFormsUnread,
  }
}

function oauthOf({ lever, publicUrl, log }: ConnectionsDeps) {
  const { authUrl, audience, clientId, clientSecret, timeoutMs } = lever
  if (!clientId || !clientSecret) return null
  return createLeverOAuth({ authUrl, audience, clientId, clientSecret, timeoutMs, log, redirectUri: `${publicUrl}/oauth/lever/callback` })
}

async function noteFormsUnread(organization: string): Promise<void> {
  await ConnectionModel.updateOne({ organization: new Types.ObjectId(organization) }, { $set: { formsUnread: true } })
}

async function rememberLeverUsers(organization: string, userIds: readonly string[]): Promise<void> {
  const known = userIds.slice(0, KNOWN_USERS)
  await ConnectionModel.updateOne(
    { organization: new Types.ObjectId(organization), status: { $in: [...GRANTED] } },
    { $set: { knownLeverUserIds: known } },
  )
}
