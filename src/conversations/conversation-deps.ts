import type { ConnectionStatus, NOTE_LANGUAGES, NOTE_MODES } from '../connection/connection-model.ts'
import type { LeverClient } from '../lever/client.ts'
import type { Log } from '../log.ts'

/** The settings of the organization's connection that govern a note. */
export interface NoteTerms {
  /** The status for conversations: also `paused` if the feature is off, and `revoked` if it is not granted. */
  status: ConnectionStatus
  mode: (typeof NOTE_MODES)[number]
  secret: boolean
  language: (typeof NOTE_LANGUAGES)[number]
  /** IANA name. */
  timeZone: string
  /** Email of a Lever user. */
  performAsFallback: string | null
}

/** A candidate's opportunity, as last seen. */
export interface KnownOpportunity {
  id: string
  archived: boolean
  confidential: boolean
}

/** The functions that conversations need from the parts before them; implemented in `ask-parts.ts`. */
export interface ConversationDeps {
  readTerms(organization: string): Promise<NoteTerms>
  /** @throws ServiceError `connection_not_active` if there is no grant that Lever accepts */
  leverClient(organization: string): Promise<LeverClient>
  candidateExists(organization: string, candidateId: string): Promise<boolean>
  /** Resolves to true if the opportunity is about a person who was erased here, and about no other candidate. */
  isErased(organization: string, opportunityId: string): Promise<boolean>
  /** Null for a deleted candidate. */
  candidateName(organization: string, candidateId: string): Promise<string | null>
  /** Newest first, from our own records; null for a deleted candidate. */
  opportunitiesOf(organization: string, candidateId: string): Promise<KnownOpportunity[] | null>
  /** Resolves to the candidates that this opportunity is, or was, about. */
  candidatesOf(organization: string, opportunityId: string): Promise<string[]>
  /** Resolves to those of the opportunities that are known to be confidential. */
  confidentialAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]>
  /** @throws ServiceError `user_not_mapped`, `user_inactive` and the like if the person may not write in Lever */
  assertMapped(organization: string, email: string): Promise<unknown>
  /** Name of a person of the organization; null if there is none. */
  personName(organization: string, email: string): Promise<string | null>
  /** Id of the Lever user to whom the person is mapped; null if that user may not write in Lever. */
  mappedLeverUser(organization: string, email: string): Promise<string | null>
  /** Id of the active Lever user with this email. */
  leverUserByEmail(organization: string, email: string): Promise<string | null>
  /**
   * Asks Lever now and stores the answer: true if the user is deactivated or gone.
   * @throws ServiceError if Lever does not answer
   */
  isLeverUserGone(organization: string, leverUserId: string): Promise<boolean>
  audit(record: { organization: string; actor: string; action: string; subject: string; leverUser?: string | null }): Promise<void>
  wake: () => void
  noteDelayMs: number
  leaseMs: number
  settleMs: number
  timeoutMs: number
  log: Log
}
