import type { Accounts } from '../accounts/accounts.ts'
import type { Audit } from '../audit/audit.ts'
import type { Candidates } from '../candidates/candidates.ts'
import type { Connections } from '../connection/connections.ts'
import type { Exports } from '../export/exports.ts'
import type { Log } from '../log.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { ErasureCause } from './erasure-model.ts'

/** Whom to forget, by all that other parts may know the person by. */
export interface PersonToForget {
  organization: string
  candidateId: string
  exportIds: string[]
  /** Opportunities of the person, also where another candidate here has the same one. */
  opportunityIds: string[]
  /** Opportunities that are, or may be, somebody else's, though they have something of the person. */
  sharedIds: string[]
  name: string
  emails: string[]
  phones: string[]
  links: string[]
  /** E-mails and profiles of earlier, in the form in which they are compared. */
  pastKeys: string[]
  /** E-mails, phones, links and the name, without what candidates of `sharedIds` have too. */
  ownTexts: string[]
  /** When the erasure was asked for. */
  since: Date
}

/** What a part did: how many documents it removed or cleaned, and whether work under way keeps some of it for now. */
export interface Forgotten {
  removed: number
  underWay: boolean
}

/** How one collection forgets a person. Repeated until nothing is under way, and after a kill in the middle. */
export interface Forgetter {
  collection: string
  forget: (person: PersonToForget) => Promise<Forgotten>
}

/** What this part needs of the parts before it; handed in by compose. */
export interface ErasureDeps {
  accounts: Pick<Accounts, 'hashKeyOf'>
  audit: Pick<Audit, 'append'>
  candidates: Pick<Candidates, 'find' | 'linkedTo'>
  exports: Pick<Exports, 'tracesOf' | 'candidatesIn' | 'contactsOf' | 'madeDuringErasure' | 'hasOpen'>
  mirror: Pick<Mirror, 'opportunitiesSharing' | 'opportunitiesOfContact' | 'contactOf'>
  connections: Pick<Connections, 'get' | 'leverClient' | 'canSeeConfidential'>
  /** Once it returns, nothing more is posted for the person, except calls already under way. May be repeated. */
  stopPosting: (person: PersonToForget) => Promise<void>
  /** Whether a call that began before that may still reach Lever. */
  isPosting: (person: PersonToForget) => Promise<boolean>
  /** In the order in which they are asked; what tells the others where to look comes last. */
  forgetters: readonly Forgetter[]
  leaseMs: number
  log: Log
  /** For metrics: told of each erasure that is done. */
  observe?: ((cause: ErasureCause) => void) | undefined
}
