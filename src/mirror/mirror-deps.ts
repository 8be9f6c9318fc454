import type { Publish } from '../events/domain-events.ts'
import type { LeverClient } from '../lever/client.ts'
import type { Lane } from '../lever/request-budget.ts'
import type { Log } from '../log.ts'

/** What the mirror needs from other parts. */
export interface MirrorDeps {
  /** @throws ServiceError `connection_not_active` when there is no grant that Lever accepts */
  leverClient(organization: string, lane?: Lane): Promise<LeverClient>
  /**
   * Opens a client for a sync or a sweep. Organizations that ask at the same time share the command, and a grant is not
   * read again for every call.
   * @throws ServiceError `connection_not_active` when there is no grant that Lever accepts
   */
  openReading(organization: string): Promise<{ client: LeverClient; confidential: boolean }>
  /** Called with the users of the account, which identify it for the connection. */
  rememberLeverUsers(organization: string, leverUserIds: readonly string[]): Promise<void>
  /** The organization's own key, 32 bytes, which recognizes people without storing their addresses. */
  hashKeyOf(organization: string): Promise<Buffer>
  publish: Publish
  /** True if a candidate here is linked to the opportunity or was exported to it. */
  concernsCandidate(organization: string, opportunityId: string): Promise<boolean>
  /** One function per part, which returns the opportunities that the part's records refer to. */
  knownAmong: readonly ((organization: string, opportunityIds: readonly string[]) => Promise<string[]>)[]
  /** True if so many exports are queued that asking Lever for duplicates of each would take too long. */
  hasExportBurst(organization: string): Promise<boolean>
  log: Log
  /** How long a sync keeps its lease without a heartbeat. */
  leaseMs: number
}

/** Recognizes people by hashes of their addresses. */
export type HashKeys = Pick<MirrorDeps, 'hashKeyOf'>
