import { createHash, randomBytes } from 'node:crypto'
import { createOpaqueToken, equalSecrets, hashToken } from '../secrets/opaque-token.ts'
import { isServiceError } from '../errors.ts'
import { LeverOAuthError } from '../lever/lever-oauth-error.ts'
import type { TokenPair } from '../lever/oauth.ts'
import { AuthorizationFailure, failureFromLever } from './authorization-failure.ts'
import { AuthorizationFlowModel, type AuthorizationFlowDocument } from './authorization-flow-model.ts'
import { AUTHORIZE_FOR_MS } from './authorize-link.ts'
import type { ConnectionContext } from './connection-context.ts'
import { getConnection } from './find-connection.ts'
import { keepGrant } from './keep-grant.ts'
import { bearerHeader, CredentialRefused, trialCredentials } from './lever-credentials.ts'
import { pairFields } from './store-grant.ts'

const NOT_OVER = { $expr: { $gt: ['$expiresAt', '$$NOW'] } }

/** Where a browser goes from the start address: who it signs in, the cookie that binds it, and Lever's consent page. */
export interface OpenedAuthorization {
  organization: string
  personId: string
  browserToken: string
  leverUrl: string
}

/**
 * Opens a start address, once, and begins the flow in that browser.
 * @throws AuthorizationFailure
 */
export async function openAuthorization(context: ConnectionContext, token: string): Promise<OpenedAuthorization> {
  const { oauth, secrets } = context
  const startHash = hashToken(token)
  const flow = await AuthorizationFlowModel.findOne({ startHash }).lean<AuthorizationFlowDocument>()
  if (!flow) throw new AuthorizationFailure('link_unknown')
  if (!oauth) throw new AuthorizationFailure('app_refused')
  const organization = String(flow.organization)
  const admin = await activeAdmin(context, flow)

  const state = createOpaqueToken('state')
  const browserToken = createOpaqueToken('browser')
  const codeVerifier = randomBytes(48).toString('base64url')
  await spendLink(flow, {
    stateHash: hashToken(state),
    browserHash: hashToken(browserToken),
    codeVerifier: secrets.sealFlow(organization, startHash, codeVerifier),
  })
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
  return { organization, personId: admin.id, browserToken, leverUrl: oauth.authorizeUrl({ state, scopes: flow.scopes, codeChallenge }) }
}

async function spendLink(
  { _id }: AuthorizationFlowDocument,
  fields: Record<'stateHash' | 'browserHash' | 'codeVerifier', string>,
): Promise<void> {
  const opened = await AuthorizationFlowModel.updateOne(
    { _id, openedAt: null, ...NOT_OVER },
    [{ $set: { ...fields, openedAt: '$$NOW', expiresAt: { $add: ['$$NOW', AUTHORIZE_FOR_MS] } } }],
    { updatePipeline: true },
  )
  if (opened.matchedCount === 1) return
  const isUsed = await AuthorizationFlowModel.exists({ _id, openedAt: { $ne: null } })
  throw new AuthorizationFailure(isUsed ? 'link_used' : 'link_expired')
}

async function activeAdmin(context: ConnectionContext, flow: AuthorizationFlowDocument) {
  const person = await context.accounts.findPerson(String(flow.organization), flow.userEmail)
  if (!person?.active || person.role !== 'admin') throw new AuthorizationFailure('not_admin')
  return person
}

/** What Lever sent the browser back with, and the cookie that the browser brought. */
export interface AuthorizationReturn {
  state: string | undefined
  code: string | undefined
  error: string | undefined
  errorDescription: string | undefined
  browserToken: string | undefined
}

/**
 * Ends the flow: exchanges the code and keeps the grant. On any failure nothing is changed but that this `state` is spent;
 * one brought by another browser does not even spend it.
 * @throws AuthorizationFailure
 */
export async function finishAuthorization(context: ConnectionContext, returned: AuthorizationReturn): Promise<{ organization: string }> {
  const flow = await spendState(returned)
  if (returned.error) throw failureFromLever(returned.error, returned.errorDescription)
  if (!returned.code) throw new AuthorizationFailure('code_missing')
  const admin = await activeAdmin(context, flow)
  const sentAt = performance.now()
  const exchanged = await exchange(
    context,
    returned.code,
    context.secrets.openFlow(String(flow.organization), flow.startHash, flow.codeVerifier ?? ''),
  )
  // a server that does not name the scopes has granted what was asked for (RFC 6749, 5.1)
  const pair = exchanged.scopes.length > 0 ? exchanged : { ...exchanged, scopes: flow.scopes }
  await keepPair(context, flow, { pair, sentAt, actor: `user:${admin.id}` })
  return { organization: String(flow.organization) }
}

async function spendState({ state, browserToken }: AuthorizationReturn): Promise<AuthorizationFlowDocument> {
  const stateHash = hashToken(state ?? '')
  const flow = state ? await AuthorizationFlowModel.findOne({ stateHash }).lean<AuthorizationFlowDocument>() : null
  if (!flow) throw new AuthorizationFailure('state_unknown')
  if (flow.usedAt) throw new AuthorizationFailure('state_used')
  if (!browserToken || !equalSecrets(hashToken(browserToken), flow.browserHash ?? '')) throw new AuthorizationFailure('other_browser')
  const spent = await AuthorizationFlowModel.findOneAndUpdate(
    { _id: flow._id, usedAt: null, ...NOT_OVER },
    [{ $set: { usedAt: '$$NOW' } }],
    {
      updatePipeline: true,
    },
  ).lean()
  if (spent) return flow
  const isUsed = await AuthorizationFlowModel.exists({ _id: flow._id, usedAt: { $ne: null } })
  throw new AuthorizationFailure(isUsed ? 'state_used' : 'state_expired')
}

async function exchange({ oauth, log }: ConnectionContext, code: string, codeVerifier: string): Promise<TokenPair> {
  if (!oauth) throw new AuthorizationFailure('app_refused')
  try {
    return await oauth.exchange(code, codeVerifier)
  } catch (error) {
    if (!(error instanceof LeverOAuthError)) throw error
    log.warn({ err: error }, 'authorization code not exchanged')
    if (error.invalidGrant) throw new AuthorizationFailure('code_refused', { cause: error })
    throw new AuthorizationFailure(error.temporary ? 'lever_unavailable' : 'app_refused', { cause: error })
  }
}

interface Exchanged {
  pair: TokenPair
  sentAt: number
  actor: string
}

async function keepPair(context: ConnectionContext, flow: AuthorizationFlowDocument, { pair, sentAt, actor }: Exchanged): Promise<void> {
  const organization = String(flow.organization)
  const connection = await getConnection(organization)
  const fingerprint = fingerprintOf(pair.accountId, String(connection._id))
  const client = context.clientWith(trialCredentials(bearerHeader(pair.accessToken), fingerprint, pair.scopes))
  const auth = { 'auth.kind': 'oauth', 'auth.authorizedBy': { $literal: flow.userEmail }, 'auth.authorizedAt': '$$NOW' }
  try {
    await keepGrant(context, organization, {
      evidence: { accountId: pair.accountId, userId: pair.userId, client },
      fields: { ...auth, ...pairFields(context.secrets, organization, pair, sentAt), 'grant.fingerprint': fingerprint },
      action: 'connection.authorized',
      actor,
    })
  } catch (error) {
    throw asFailure(error)
  }
}

/** The budget's key for a grant: one for its whole life, whatever its tokens. */
function fingerprintOf(accountId: string | null, connection: string): string {
  return createHash('sha256')
    .update(`${accountId ?? ''}/${connection}`)
    .digest('base64url')
}

function asFailure(error: unknown): unknown {
  if (error instanceof CredentialRefused) return new AuthorizationFailure('refused_by_lever', { cause: error })
  if (isServiceError(error, 'lever_account_mismatch')) return new AuthorizationFailure('other_account', { cause: error })
  if (isServiceError(error, 'state_conflict')) return new AuthorizationFailure('account_unknown', { cause: error })
  if (isServiceError(error, 'lever_unavailable') || isServiceError(error, 'lever_rejected'))
    return new AuthorizationFailure('lever_unavailable', { cause: error })
  return error
}
