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

/** The facts about the organization's connection that an export depends on. */
export interface ExportTerms {
  /** The status for exports: also `paused` if the feature is off, and `revoked` if it is not granted. */
  status: ConnectionStatus
  canSeeConfidential: boolean
  sourceName: string
  /** Null means New lead. */
  stageId: string | null
  /** Lever's base address, `…/v1`. */
  apiUrl: string
  /** Lever does not read this connection's forms: data is sent as JSON, and the résumé as a file. */
  formsUnread: boolean
  /**
   * Returns a client that relies on the same reading of the connection as long as it is recent. `onWait` is called for each call that waits
   * for the budget. @throws ServiceError `connection_not_active` when there is no grant that Lever accepts
   */
  openClient: (lane: Lane, onWait?: (forWhat: WaitedFor) => void) => LeverClient
}

export interface Landed {
  organization: string
  exportId: string
  candidateId: string
  opportunity: LeverOpportunity
  /** True if `opportunity` is Lever's answer to the create call. */
  isNew: boolean
}

/** For metrics: the outcome of a create call, or the end of an export, with `code` if it failed. */
export type ObservedExport = { step: 'send'; outcome: WriteOutcome } | { step: 'end'; outcome: ExportEnd; code?: string }
export const EXPORT_ENDS = ['exported', 'linked', 'duplicate', 'failed', 'canceled'] as const
export type ExportEnd = (typeof EXPORT_ENDS)[number]

/** What exports need from other parts; `ask-parts.ts` provides it. */
export interface ExportDeps extends ExportViewDeps {
  assess: AssessDeps
  readTerms: (organization: string) => Promise<ExportTerms>
  /** Asks Lever now whether the user is deactivated or gone, and stores the answer. @throws ServiceError when Lever does not answer */
  isLeverUserGone: (organization: string, leverUserId: string) => Promise<boolean>
  /** Returns a client for a connection that has ended or is ending. Its calls fail as `connection_not_active` once no grant is left. */
  remainingClient: (organization: string) => LeverClient
  findCandidate: (organization: string, id: string) => Promise<CarriedCandidate | null>
  /** Resolves to the bytes of a candidate's résumé; null if they no longer exist. */
  readResume: (organization: string, file: Types.ObjectId) => Promise<Uint8Array<ArrayBuffer> | null>
  /** Resolves to the keyed hashes of a person's emails and links. */
  personHashes: (organization: string, person: Person) => Promise<string[]>
  duplicates: FindDuplicatesDeps
  /** Notes that Lever did not read a whole form, so that the next exports are sent as JSON. */
  noteFormsUnread: (organization: string) => Promise<void>
  /** Stores opportunities that Lever showed in the mirror. */
  keepOpportunities: (organization: string, opportunities: LeverOpportunity[]) => Promise<void>
  stageText: (organization: string, stageId: string) => Promise<string | null>
  /** Updates the mirror and the candidate after an export has landed. May run twice. @returns the stage's name, if known */
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
