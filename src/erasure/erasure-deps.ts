import type { Accounts } from '../accounts/accounts.ts'
import type { Audit } from '../audit/audit.ts'
import type { Candidates } from '../candidates/candidates.ts'
import type { Connections } from '../connection/connections.ts'
import type { Exports } from '../export/exports.ts'
import type { Log } from '../log.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { ErasureCause } from './erasure-model.ts'

/** A person to forget, with everything by which other parts may know them. */
export interface PersonToForget {
  organization: string
  candidateId: string
  exportIds: string[]
  /** The person's opportunities, even if another candidate here has the same one. */
  opportunityIds: string[]
  /** Opportunities that belong, or may belong, to somebody else, although they share a value with the person. */
  sharedIds: string[]
  name: string
  emails: string[]
  phones: string[]
  links: string[]
  /** Past emails and profiles, in the form in which they are compared. */
  pastKeys: string[]
  /** Emails, phones, links, and the name, without values that candidates of `sharedIds` also have. */
  ownTexts: string[]
  /** When the erasure was requested. */
  since: Date
}

/**
 * The result of a part: how many documents it removed or cleaned, and whether work under way still keeps some of
 * them.
 */
export interface Forgotten {
  removed: number
  underWay: boolean
}

/** Forgets a person in one collection. It is repeated until nothing is under way, and after a kill in the middle. */
export interface Forgetter {
  collection: string
  forget: (person: PersonToForget) => Promise<Forgotten>
}

/** What this part needs from other parts; `compose` provides it. */
export interface ErasureDeps {
  accounts: Pick<Accounts, 'hashKeyOf'>
  audit: Pick<Audit, 'append'>
  candidates: Pick<Candidates, 'find' | 'linkedTo'>
  exports: Pick<Exports, 'tracesOf' | 'candidatesIn' | 'contactsOf' | 'madeDuringErasure' | 'hasOpen'>
  mirror: Pick<Mirror, 'opportunitiesSharing' | 'opportunitiesOfContact' | 'contactOf'>
  connections: Pick<Connections, 'get' | 'leverClient' | 'canSeeConfidential'>
  /** After it resolves, nothing more is posted for the person, except calls already under way. May be repeated. */
  stopPosting: (person: PersonToForget) => Promise<void>
  /** True if a call that began before that may still reach Lever. */
  isPosting: (person: PersonToForget) => Promise<boolean>
  /** In the order in which they run. The one that tells the others where to look comes last. */
  forgetters: readonly Forgetter[]
  leaseMs: number
  log: Log
  /** For metrics: called for each completed erasure. */
  observe?: ((cause: ErasureCause) => void) | undefined
}
