import type { Candidates } from '../candidates/candidates.ts'
import type { Connections } from '../connection/connections.ts'
import type { Conversations } from '../conversations/conversations.ts'
import type { Erasures } from '../erasure/erasures.ts'
import type { Listeners } from '../events/domain-events.ts'
import type { Exports } from '../export/exports.ts'
import type { Mappings } from '../mapping/mappings.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'

interface ListeningParts {
  candidates: Candidates
  connections: Connections
  conversations: Conversations
  erasures: Erasures
  exports: Exports
  mappings: Mappings
  mirror: Mirror
  webhooks: Webhooks
}

/**
 * The table of listeners to each domain event, in the order in which they run. If a listener throws, the step that published fails and is
 * repeated, so every listener may run twice for the same event.
 */
export function listenersOf(parts: ListeningParts): Listeners {
  const { candidates, connections, conversations, erasures, exports, mappings, mirror, webhooks } = parts
  return {
    personRemoved: [async ({ organization, email, actor }) => void (await mappings.removeIfAny(organization, email, actor))],
    adminAccessEnded: [({ organization, email }) => connections.endAuthorizations(organization, email)],

    connectionAuthorized: [
      ({ organization }) => mirror.sync(organization),
      ({ organization }) => exports.resume(organization),
      ({ organization }) => exports.scheduleAudit(organization),
      ({ organization }) => conversations.resumeHeld(organization),
      ({ organization }) => webhooks.resumeWaiting(organization),
    ],
    connectionActivated: [
      ({ organization }) => mirror.syncOpportunities(organization),
      ({ organization }) => exports.resume(organization),
      ({ organization }) => exports.scheduleAudit(organization),
      ({ organization }) => conversations.resumeHeld(organization),
    ],
    connectionPaused: [({ organization }) => exports.hold(organization)],
    connectionEnding: [({ organization, hasGrant }) => exports.settle(organization, hasGrant)],
    connectionEnded: [
      ({ organization }) => mirror.forgetOrganization(organization),
      ({ organization }) => webhooks.forgetAccount(organization),
      ({ organization }) => exports.forgetAudit(organization),
    ],
    signatureTokenSaved: [({ organization, place }) => webhooks.releaseHeld(organization, place)],

    candidateRemoved: [({ organization, candidateId, actor }) => erasures.eraseCandidate(organization, candidateId, actor)],

    exportLanded: [({ organization, candidateId }) => conversations.opportunityKnown(organization, { candidateId })],
    opportunityRead: [({ organization, opportunityId }) => conversations.opportunityKnown(organization, { opportunityId })],
    candidateSeenInLever: [
      ({ organization, state }) => candidates.applyLeverState(organization, state.opportunityId, state),
      ({ organization, state }) => exports.noteConfidentiality(organization, state.opportunityId, state.confidential),
    ],
    opportunityDeleted: [
      ({ organization, opportunityId }) => conversations.opportunityDeleted(organization, opportunityId),
      ({ organization, opportunityId }) => erasures.opportunityDeleted(organization, opportunityId),
      ({ organization, opportunityId }) => mirror.forgetOpportunity(organization, opportunityId),
      ({ organization, opportunityId }) => exports.freeTargetOf(organization, opportunityId),
      ({ organization, opportunityId }) => candidates.unlinkOpportunity(organization, opportunityId),
    ],
    opportunityAnonymized: [({ organization, opportunityId }) => erasures.opportunityAnonymized(organization, opportunityId)],
  }
}
