import type { Publish } from '../events/domain-events.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Audit } from '../audit/audit.ts'
import type { LeverEnvironment } from '../config.ts'
import type { LeverClient, LeverCredentials } from '../lever/client.ts'
import type { LeverOAuth } from '../lever/oauth.ts'
import type { Log } from '../log.ts'
import type { ConnectionDocument } from './connection-model.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import type { SyncView } from './sync-view.ts'

/** A Lever user with the fields that the settings need. */
export interface KnownLeverUser {
  id: string
  email: string
  deactivatedAt: Date | null
}

/** Questions about a connection that other parts answer; `compose` provides the answers. */
export interface ConnectionNeighbours {
  /** Returns how many people are mapped to a Lever user, and how many of these mappings are active. */
  readMappingCounts(organization: string): Promise<{ mapped: number; active: number }>
  /**
   * This and the next one ask Lever if the mirror does not know.
   * @throws ServiceError when Lever cannot be asked
   */
  stageExists(organization: string, stageId: string): Promise<boolean>
  leverUserByEmail(organization: string, email: string): Promise<KnownLeverUser | null>
  /** The same from the last sync, without a call to Lever. */
  stageIsKnown(organization: string, stageId: string): Promise<boolean>
  knownUserByEmail(organization: string, email: string): Promise<KnownLeverUser | null>
  /** Deliveries held because a signature token is missing, by event. */
  heldCounts(connection: Pick<ConnectionDocument, '_id' | 'organization'>): Promise<Partial<Record<string, number>>>
  /** Compares exports with Lever's records; null before the first comparison. */
  readExportAudit(organization: string): Promise<{ comparedAt: Date; doubles: number; strangers: number; losses: number } | null>
  /** Returns how far the mirror has read Lever's records. */
  readSync(organization: string): Promise<SyncView>
}

export interface ConnectionContext {
  accounts: Pick<Accounts, 'findPerson' | 'getOrganization' | 'setSourceName'>
  audit: Pick<Audit, 'append'>
  secrets: ConnectionSecrets
  oauth: LeverOAuth | null
  environment: LeverEnvironment
  /** Without a trailing slash. */
  publicUrl: string
  log: Log
  neighbours: ConnectionNeighbours
  publish: Publish
  /** Returns a client for credentials that the connection does not store, or no longer stores. */
  clientWith(credentials: LeverCredentials): LeverClient
  /** Returns a client of the organization, whatever its status, as long as a grant exists. */
  remainingClient(organization: string): LeverClient
}

/** Returns the connection's name in the audit trail. */
export function subjectOf(connection: Pick<ConnectionDocument, '_id'>): string {
  return `connection:${String(connection._id)}`
}

/** Returns the address to which Lever sends every event of this connection. */
export function webhookUrlOf(
  { publicUrl }: Pick<ConnectionContext, 'publicUrl'>,
  { endpointKey }: Pick<ConnectionDocument, 'endpointKey'>,
): string {
  return `${publicUrl}/webhooks/lever/${endpointKey}`
}
