import { Types } from 'mongoose'
import { normalizeEmail } from '../accounts/email-address.ts'
import { ServiceError } from '../errors.ts'
import { createOpaqueToken, hashToken } from '../secrets/opaque-token.ts'
import { AuthorizationFlowModel, type AuthorizationFlowDocument } from './authorization-flow-model.ts'
import type { ConnectionContext } from './connection-context.ts'
import { getConnection } from './find-connection.ts'
import { neededScopes } from './lever-access.ts'

/** How long the start address can be opened, and then how long the authorization in Lever may take. */
export const AUTHORIZE_FOR_MS = 10 * 60_000

export interface AuthorizeLink {
  id: string
  token: string
  authorizeUrl: string
  expiresAt: Date
}

/**
 * Creates a single-use address of this service where an admin's browser starts to authorize Lever.
 * @throws ServiceError `user_not_found`, `admin_required`, `oauth_not_configured`
 */
export async function createAuthorizeLink(
  context: ConnectionContext,
  organization: string,
  userEmail: string,
  actor: string,
): Promise<AuthorizeLink> {
  const admin = await requireAdmin(context, organization, userEmail)
  if (!context.oauth) {
    throw new ServiceError('oauth_not_configured', 'This service has no OAuth app at Lever.', {
      hint: 'Connect with an API key, or set LEVER_CLIENT_ID and LEVER_CLIENT_SECRET.',
    })
  }
  const connection = await getConnection(organization)
  const token = createOpaqueToken('connect')
  const flow = await insertFlow({
    organization: new Types.ObjectId(organization),
    userEmail: admin.email,
    startHash: hashToken(token),
    scopes: neededScopes(connection.settings).map(({ name }) => name),
  })
  await context.audit.append({
    organization,
    actor,
    action: 'connection.authorize_link_created',
    subject: `connection:${String(connection._id)}`,
  })
  return { id: String(flow._id), token, authorizeUrl: authorizeUrlOf(context, token), expiresAt: flow.expiresAt }
}

/** The database's clock sets the expiry and checks it, so that processes with different clocks agree. */
async function insertFlow(fields: Pick<AuthorizationFlowDocument, 'organization' | 'userEmail' | 'startHash' | 'scopes'>) {
  const literal = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, { $literal: value }]))
  const times = { createdAt: '$$NOW', expiresAt: { $add: ['$$NOW', AUTHORIZE_FOR_MS] } }
  const options = { upsert: true, returnDocument: 'after', updatePipeline: true } as const
  return AuthorizationFlowModel.findOneAndUpdate({ _id: new Types.ObjectId() }, [{ $set: { ...literal, ...times } }], options)
    .orFail()
    .lean<AuthorizationFlowDocument>()
}

/** Returns the result of an earlier {@link createAuthorizeLink} from what is stored of it. */
export async function readAuthorizeLink(context: ConnectionContext, id: string, token: string): Promise<AuthorizeLink> {
  const flow = await AuthorizationFlowModel.findById(id).lean()
  if (!flow) throw new ServiceError('not_found', 'This authorization has ended.')
  return { id, token, authorizeUrl: authorizeUrlOf(context, token), expiresAt: flow.expiresAt }
}

function authorizeUrlOf({ publicUrl }: ConnectionContext, token: string): string {
  return `${publicUrl}/connect/lever/${token}`
}

/**
 * Ends every open authorization of this admin: its start address cannot be opened, and its return from Lever is
 * refused.
 */
export async function endAuthorizations(organization: string, userEmail: string): Promise<void> {
  await AuthorizationFlowModel.deleteMany({ organization, userEmail: normalizeEmail(userEmail), usedAt: null })
}

/**
 * Ends all authorizations under way.
 * @returns the number that could still have been completed
 */
export async function dropOpenAuthorizations(): Promise<number> {
  return (await AuthorizationFlowModel.deleteMany({ usedAt: null, $expr: { $gt: ['$expiresAt', '$$NOW'] } })).deletedCount
}

/** @throws ServiceError `user_not_found`, `admin_required` */
export async function requireAdmin({ accounts }: ConnectionContext, organization: string, userEmail: string) {
  const person = await accounts.findPerson(organization, normalizeEmail(userEmail))
  if (!person?.active) throw new ServiceError('user_not_found', 'No active person has this email address.')
  if (person.role !== 'admin') throw new ServiceError('admin_required', 'Only an admin can connect Lever.')
  return person
}
