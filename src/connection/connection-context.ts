import type { Publish } from '../events/domain-events.ts'
import type { Types } from 'mongoose'
import type { Accounts } from '../accounts/accounts.ts'
import type { Audit } from '../audit/audit.ts'
import type { LeverEnvironment } from '../config.ts'
import type { LeverClient, LeverCredentials } from '../lever/client.ts'
import type { LeverOAuth } from '../lever/oauth.ts'
import type { Log } from '../log.ts'
import type { ConnectionDocument } from './connection-model.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import type { SyncView } from './sync-view.ts'

/** A Lever user as the settings need to know one. */
export interface KnownLeverUser {
  id: string
  email: string
  deactivatedAt: Date | null
}

/** Questions about a connection that other parts answer, handed in by `compose`. */
export interface ConnectionNeighbours {
  /** How many people are mapped to a Lever user, and how many of these mappings are active. */
  readMappingCounts(organization: string): Promise<{ mapped: number; active: number }>
  /** These two ask Lever where the mirror does not know. @throws ServiceError when Lever cannot be asked */
  stageExists(organization: string, stageId: string): Promise<boolean>
  leverUserByEmail(organization: string, email: string): Promise<KnownLeverUser | null>
  /** The same as last synced, without a call to Lever. */
  stageIsKnown(organization: string, stageId: string): Promise<boolean>
  knownUserByEmail(organization: string, email: string): Promise<KnownLeverUser | null>
  /** Deliveries held for want of a signature token, by event. */
  heldCounts(connection: Types.ObjectId): Promise<Partial<Record<string, number>>>
  /** How exports compare with what is in Lever; null before that was looked at. */
  readExportAudit(organization: string): Promise<{ comparedAt: Date; doubles: number; strangers: number; losses: number } | null>
  /** How far the mirror has read Lever's records. */
  readSync(organization: string): Promise<SyncView>
}

/** What the functions of this part work with. */
export interface ConnectionContext {
  accounts: Pick<Accounts, 'findPerson' | 'getOrganization' | 'setSourceName'>
  audit: Pick<Audit, 'append'>
  secrets: ConnectionSecrets
  oauth: LeverOAuth | null
  environment: LeverEnvironment
  /** Without a slash at its end. */
  publicUrl: string
  log: Log
  neighbours: ConnectionNeighbours
  publish: Publish
  /** A client for credentials that are not, or no longer, the connection's own. */
  clientWith(credentials: LeverCredentials): LeverClient
  /** A client of the organization, whatever its status, as long as a grant is there. */
  remainingClient(organization: string): LeverClient
}

/** How the audit trail names a connection. */
export function subjectOf(connection: Pick<ConnectionDocument, '_id'>): string {
  return `connection:${String(connection._id)}`
}

/** Where Lever sends every event of this connection. */
export function webhookUrlOf(
  { publicUrl }: Pick<ConnectionContext, 'publicUrl'>,
  { endpointKey }: Pick<ConnectionDocument, 'endpointKey'>,
): string {
  return `${publicUrl}/webhooks/lever/${endpointKey}`
}
