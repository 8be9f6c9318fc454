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
import { keepGrant, GRANTED, pairFields } from './grant.ts'
import { bearerHeader, CredentialRefused, trialCredentials } from './lever-credentials.ts'

const NOT_OVER = { $expr: { $gt: ['$expiresAt', '$$NOW'] } }

/** The purpose of a start address. */
export interface AskedAuthorization {
  organizationName: string
  personId: string
  personName: string
}

/**
 * Returns the owner of a start address, without using it up.
 * @throws AuthorizationFailure
 */
export async function findAuthorization(context: ConnectionContext, token: string): Promise<AskedAuthorization> {
  const flow = await findStart(token)
  const admin = await activeAdmin(context, flow)
  const { name: organizationName } = await context.accounts.getOrganization(String(flow.organization))
  return { organizationName, personId: admin.id, personName: admin.name }
}

/**
 * The next step of a browser at the start address: the person it signs in, the cookie that binds the flow to it, and
 * Lever's consent page.
 */
export interface OpenedAuthorization {
  organization: string
  personId: string
  /** Identifies the flow when Lever sends the browser back. */
  state: string
  browserToken: string
  leverUrl: string
}

/**
 * Uses up a start address and begins the flow in that browser.
 * @throws AuthorizationFailure
 */
export async function openAuthorization(context: ConnectionContext, token: string): Promise<OpenedAuthorization> {
  const { oauth, secrets } = context
  const flow = await findStart(token)
  const admin = await activeAdmin(context, flow)
  if (!oauth) throw new AuthorizationFailure('app_refused')
  const organization = String(flow.organization)

  const state = createOpaqueToken('state')
  const browserToken = createOpaqueToken('browser')
  const codeVerifier = randomBytes(48).toString('base64url')
  await spendLink(flow, {
    stateHash: hashToken(state),
    browserHash: hashToken(browserToken),
    codeVerifier: secrets.sealFlow(organization, flow.startHash, codeVerifier),
  })
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
  const leverUrl = await oauth.authorizeUrl({ state, scopes: flow.scopes, codeChallenge })
  return { organization, personId: admin.id, state, browserToken, leverUrl }
}

async function findStart(token: string): Promise<AuthorizationFlowDocument> {
  const flow = await AuthorizationFlowModel.findOne({ startHash: hashToken(token) }).lean<AuthorizationFlowDocument>()
  if (!flow) throw new AuthorizationFailure('link_unknown')
  if (flow.openedAt) throw new AuthorizationFailure('link_used')
  if (!(await AuthorizationFlowModel.exists({ _id: flow._id, ...NOT_OVER }))) throw new AuthorizationFailure('link_expired')
  return flow
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

/**
 * The query with which Lever sent the browser back, the browser's cookie for this `state`, and the person signed in
 * there.
 */
export interface AuthorizationReturn {
  state: string | undefined
  code: string | undefined
  error: string | undefined
  errorDescription: string | undefined
  browserToken: string | undefined
  personId?: string | undefined
}

export interface FinishedAuthorization {
  organization: string
  organizationName: string
  /** The admin who authorized. */
  personId: string
  /** True if this return had succeeded before and was only opened again. */
  isRepeat: boolean
}

/**
 * Completes the flow: exchanges the code and stores the grant. A failure changes nothing except that this `state` is
 * used up; a return in another browser does not even use it up. A return that succeeded may be opened again, in the
 * same browser or by the same person, as long as Lever is still connected; nothing is exchanged then.
 * @throws AuthorizationFailure
 */
export async function finishAuthorization(context: ConnectionContext, returned: AuthorizationReturn): Promise<FinishedAuthorization> {
  const flow = await findReturned(context, returned)
  const admin = await activeAdmin(context, flow)
  const organization = String(flow.organization)
  const { name: organizationName } = await context.accounts.getOrganization(organization)
  const finished = { organization, organizationName, personId: admin.id }
  if (await isConnectedBy(flow)) return { ...finished, isRepeat: true }
  await spendState(flow)
  if (returned.error) throw failureFromLever(returned.error, returned.errorDescription)
  if (!returned.code) throw new AuthorizationFailure('code_missing')
  const sentAt = performance.now()
  const exchanged = await exchange(context, returned.code, context.secrets.openFlow(organization, flow.startHash, flow.codeVerifier ?? ''))
  await activeAdmin(context, flow) // fails if the admin was removed or became a sourcer during the exchange
  // a server that returns no scopes has granted the requested ones (RFC 6749, 5.1)
  const pair = exchanged.scopes.length > 0 ? exchanged : { ...exchanged, scopes: flow.scopes }
  await keepPair(context, flow, { pair, sentAt, actor: `user:${admin.id}` })
  await AuthorizationFlowModel.updateOne({ _id: flow._id }, [{ $set: { connectedAt: '$$NOW' } }], { updatePipeline: true })
  return { ...finished, isRepeat: false }
}

/**
 * Finds the flow of this `state` for its own browser, and after it succeeded also for its person. Anyone else learns
 * nothing about it.
 */
async function findReturned(
  { accounts }: ConnectionContext,
  { state, browserToken, personId }: AuthorizationReturn,
): Promise<AuthorizationFlowDocument> {
  const flow = state ? await AuthorizationFlowModel.findOne({ stateHash: hashToken(state) }).lean<AuthorizationFlowDocument>() : null
  if (!flow) throw new AuthorizationFailure('state_unknown')
  if (browserToken && equalSecrets(hashToken(browserToken), flow.browserHash ?? '')) return flow
  const person = flow.connectedAt && (await accounts.findPerson(String(flow.organization), flow.userEmail))
  if (person && person.id === personId) return flow
  throw new AuthorizationFailure('other_browser')
}

async function isConnectedBy({ organization, connectedAt }: AuthorizationFlowDocument): Promise<boolean> {
  return connectedAt instanceof Date && GRANTED.includes((await getConnection(String(organization))).status)
}

async function spendState({ _id }: AuthorizationFlowDocument): Promise<void> {
  const spent = await AuthorizationFlowModel.updateOne({ _id, usedAt: null, ...NOT_OVER }, [{ $set: { usedAt: '$$NOW' } }], {
    updatePipeline: true,
  })
  if (spent.matchedCount === 1) return
  const isUsed = await AuthorizationFlowModel.exists({ _id, usedAt: { $ne: null } })
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

/** The key of the grant's request budget, which stays the same when tokens are replaced. */
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
