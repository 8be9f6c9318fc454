/**
 * The events that parts publish. A part publishes by name and does not know who listens; `src/compose/listeners.ts` is the table of
 * listeners. Organizations, candidates and exports are named by their ids.
 */
export interface DomainEvents {
  /** The person is about to be removed from the organization. */
  personRemoved: { organization: string; email: string; actor: string }
  /** The person is no longer an active admin. */
  adminAccessEnded: { organization: string; email: string }
  /** Lever can be called: for the first time, again, or with more access than before. */
  connectionAuthorized: { organization: string }
  connectionActivated: { organization: string }
  connectionPaused: { organization: string }
  /** The connection is being ended. `hasGrant`: Lever can still be called until the event is handled. */
  connectionEnding: { organization: string; hasGrant: boolean }
  /** The connection has ended and its grant is destroyed. */
  connectionEnded: { organization: string }
  /** An admin saved the signature token of one webhook event, or of `any`. */
  signatureTokenSaved: { organization: string; place: string }
  candidateRemoved: { organization: string; candidateId: string; actor: string }
  /** An export ended in Lever: its opportunity was created, found or linked. */
  exportLanded: { organization: string; candidateId: string; exportId: string }
  /** Lever showed an opportunity. */
  opportunityRead: { organization: string; opportunityId: string }
  /** Lever showed an opportunity that a candidate here is linked to or was exported to. A state may be older than the newest one. */
  candidateSeenInLever: { organization: string; state: OpportunityState }
  /** Lever itself lists the opportunity as deleted. */
  opportunityDeleted: { organization: string; opportunityId: string }
  /** Lever marks the opportunity's contact as anonymized. */
  opportunityAnonymized: { organization: string; opportunityId: string }
}

/** An opportunity's state, with texts for Lever's ids that pages can show. */
export interface OpportunityState {
  opportunityId: string
  contactId: string | null
  url: string | null
  stage: { id: string | null; text: string | null }
  postings: string[]
  archived: { reason: string | null; reasonText: string | null; archivedAt: Date | null } | null
  owner: string | null
  confidential: boolean
  updatedAt: Date | null
}

/** Handles an event. It may run twice for the same event. Resolves to the number of candidates that it changed, if it counts them. */
export type Handler<Name extends keyof DomainEvents> = (event: DomainEvents[Name]) => Promise<number | void>

export type Listeners = { readonly [Name in keyof DomainEvents]: readonly Handler<Name>[] }

/**
 * Calls every listener, one after the other in the order of the table. Resolves to the number of candidates that the listeners changed.
 * @throws what a listener throws: then the step that published fails, and is repeated with the event
 */
export type Publish = <Name extends keyof DomainEvents>(name: Name, event: DomainEvents[Name]) => Promise<number>

/** `listeners` is read at the first event, when every part exists. */
export function createPublish(listeners: () => Listeners): Publish {
  return async (name, event) => {
    let changed = 0
    for (const handle of listeners()[name]) changed += (await handle(event)) ?? 0
    return changed
  }
}
