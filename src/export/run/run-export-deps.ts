import type { Types } from 'mongoose'
import type { Lane, LeverClient, WaitedFor } from '../../lever/client.ts'
import type { LeverOpportunity } from '../../lever/opportunities.ts'
import type { WriteOutcome } from '../../lever/write-outcome.ts'
import type { Log } from '../../log.ts'
import type { ConnectionStatus } from '../../connection/connection-model.ts'
import type { AssessDeps } from '../request/assess-export.ts'
import type { CarriedCandidate } from '../request/create-request.ts'
import type { ExportViewDeps } from '../export-view.ts'
import type { FindDuplicatesDeps, Person } from '../request/find-duplicates.ts'

/** What of the organization's connection decides over an export. */
export interface ExportTerms {
  /** The status for exports: also `paused` if the feature is off, and `revoked` if it is not granted. */
  status: ConnectionStatus
  canSeeConfidential: boolean
  sourceName: string
  /** Null: New lead. */
  stageId: string | null
  /** Lever's base address, `…/v1`. */
  apiUrl: string
  /** Lever does not read this connection's forms: data is sent as JSON, and the résumé as a file. */
  formsUnread: boolean
  /**
   * A client that goes by the same reading of the connection for as long as that is young. `onWait` is told of each call that the budget
   * keeps waiting. @throws ServiceError `connection_not_active` when there is no grant that Lever accepts
   */
  openClient: (lane: Lane, onWait?: (forWhat: WaitedFor) => void) => LeverClient
}

export interface Landed {
  organization: string
  exportId: string
  candidateId: string
  opportunity: LeverOpportunity
  /** It is what Lever answered to the create call. */
  isNew: boolean
}

/** For metrics: how a create call came out, or how an export ended; `code` where it failed. */
export type ObservedExport = { step: 'send'; outcome: WriteOutcome } | { step: 'end'; outcome: ExportEnd; code?: string }
export const EXPORT_ENDS = ['exported', 'linked', 'duplicate', 'failed', 'canceled'] as const
export type ExportEnd = (typeof EXPORT_ENDS)[number]

/** What exports need of the parts before them; handed in by compose. */
export interface ExportDeps extends ExportViewDeps {
  assess: AssessDeps
  readTerms: (organization: string) => Promise<ExportTerms>
  /** Asks Lever now and stores the answer: whether the user is deactivated or gone. @throws ServiceError when Lever does not tell */
  isLeverUserGone: (organization: string, leverUserId: string) => Promise<boolean>
  /** Of a connection that has ended or ends, while it has a grant left; its calls fail as `connection_not_active` after that. */
  remainingClient: (organization: string) => LeverClient
  findCandidate: (organization: string, id: string) => Promise<CarriedCandidate | null>
  /** The bytes of a candidate's résumé; null where they are not there any more. */
  readResume: (organization: string, file: Types.ObjectId) => Promise<Uint8Array<ArrayBuffer> | null>
  /** Keyed hashes of a person's e-mails and links. */
  personHashes: (organization: string, person: Person) => Promise<string[]>
  duplicates: FindDuplicatesDeps
  /** Lever did not read all of a form: the next exports are sent as JSON. */
  noteFormsUnread: (organization: string) => Promise<void>
  /** Keeps what Lever showed in the mirror. */
  keepOpportunities: (organization: string, opportunities: LeverOpportunity[]) => Promise<void>
  stageText: (organization: string, stageId: string) => Promise<string | null>
  /** The candidate's row, the mirror: whatever must know where the candidate stands now. May run twice. @returns its stage in words, if known */
  onLanded: (landed: Landed) => Promise<{ stageText: string | null }>
  audit: (record: {
    organization: string
    actor: string
    action: string
    subject: string
    leverUser?: string | null
    cause?: string
    once?: true
  }) => Promise<void>
  observe?: ((event: ObservedExport) => void) | undefined
  leaseMs: number
  settleMs: number
  timeoutMs: number
  log: Log
}
