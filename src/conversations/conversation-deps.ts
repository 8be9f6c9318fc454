import type { ConnectionStatus, NOTE_LANGUAGES, NOTE_MODES } from '../connection/connection-model.ts'
import type { LeverClient } from '../lever/client.ts'
import type { Log } from '../log.ts'

/** What of the organization's connection decides over a note. */
export interface NoteTerms {
  /** The status for conversations: also `paused` if the feature is off, and `revoked` if it is not granted. */
  status: ConnectionStatus
  mode: (typeof NOTE_MODES)[number]
  secret: boolean
  language: (typeof NOTE_LANGUAGES)[number]
  /** IANA name. */
  timeZone: string
  /** E-mail of a Lever user. */
  performAsFallback: string | null
}

/** An opportunity of a candidate, as last seen. */
export interface KnownOpportunity {
  id: string
  archived: boolean
  confidential: boolean
}

/** What conversations ask of the parts before them; answered in `ask-parts.ts`. */
export interface ConversationDeps {
  readTerms(organization: string): Promise<NoteTerms>
  /** @throws ServiceError `connection_not_active` when there is no grant that Lever accepts */
  leverClient(organization: string): Promise<LeverClient>
  candidateExists(organization: string, candidateId: string): Promise<boolean>
  /** Whether the opportunity is about somebody who was erased here, and about no other candidate. */
  isErased(organization: string, opportunityId: string): Promise<boolean>
  /** Null for a candidate that is not there any more. */
  candidateName(organization: string, candidateId: string): Promise<string | null>
  /** Newest first, from our own records; null for a candidate that is not there any more. */
  opportunitiesOf(organization: string, candidateId: string): Promise<KnownOpportunity[] | null>
  /** Candidates that stand, or stood, in Lever as this opportunity. */
  candidatesOf(organization: string, opportunityId: string): Promise<string[]>
  /** Those of the opportunities that are known to be confidential. */
  confidentialAmong(organization: string, opportunityIds: readonly string[]): Promise<string[]>
  /** @throws ServiceError `user_not_mapped`, `user_inactive` and the like for somebody who may not write in Lever */
  assertMapped(organization: string, email: string): Promise<unknown>
  /** Name of a person of the organization; null for nobody. */
  personName(organization: string, email: string): Promise<string | null>
  /** Id of the Lever user to whom the person is mapped; null where that may not write in Lever. */
  mappedLeverUser(organization: string, email: string): Promise<string | null>
  /** Id of the active Lever user with this e-mail. */
  leverUserByEmail(organization: string, email: string): Promise<string | null>
  /** Asks Lever now and stores the answer: whether the user is deactivated or gone. @throws ServiceError when Lever does not tell */
  isLeverUserGone(organization: string, leverUserId: string): Promise<boolean>
  audit(record: { organization: string; actor: string; action: string; subject: string; leverUser?: string | null }): Promise<void>
  wake: () => void
  noteDelayMs: number
  leaseMs: number
  settleMs: number
  timeoutMs: number
  log: Log
}
