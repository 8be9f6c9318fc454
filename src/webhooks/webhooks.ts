import type { ConnectionDocument } from '../connection/connection-model.ts'
import type { LaneLimit } from '../work/capacity.ts'
import { claimFairly } from '../work/claim-fairly.ts'
import { heartbeat } from '../work/claim.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { UNLIMITED } from '../concurrency/patience.ts'
import { expirePayloads, getDelivery, listDeliveries, resumeWaiting } from './deliveries.ts'
import { DeliveryModel, type DeliveryDocument } from './delivery-model.ts'
import { forgetHeld, heldCounts, releaseHeld } from './held-deliveries.ts'
import { holdWithinLimits } from './hold-delivery.ts'
import { forgetPayloads } from './forget-payloads.ts'
import { groupInserts } from './insert-grouped.ts'
import { noteIntake } from './note-intake.ts'
import { noteReceivedSparingly } from './note-received.ts'
import { processDeliveries, type ClaimedDelivery } from './process-delivery.ts'
import { findEndpoint, receiveDelivery, type Posted } from './receive-delivery.ts'
import { forgetRefusals, listRefusals, noteRefusals } from './refusals.ts'
import { replayDelivery, replayRange, subjectOf, type ReplayRange } from './replay.ts'
import { withStorageTimeout } from './storage-timeout.ts'
import { shareReads } from '../concurrency/share-reads.ts'
import { openedOnce } from './verify-signature.ts'
import type { WebhookDeps } from './webhook-deps.ts'

const AT_ONCE = 32
/** Of lane 0, Lever's webhooks and single replays, and of lane 1, replays of many: an organization's backlog leaves room for the others. */
const LIMITS: readonly LaneLimit[] = [
  { all: 32, each: 8 },
  { all: 24, each: 8 },
]

export type Webhooks = ReturnType<typeof createWebhooks>

/** Webhooks from Lever: received durably, then processed by rereading the opportunity. */
export function createWebhooks(deps: WebhookDeps) {
  const { leaseMs, wake } = deps
  const connections = { ...deps.connections, signatureTokensFor: openedOnce(deps.connections.signatureTokensFor) }
  const insert = groupInserts(() => DeliveryModel.collection)
  const receiveDeps = {
    ...deps,
    connections,
    insert,
    hold: holdWithinLimits(insert),
    noteReceived: noteReceivedSparingly(deps),
    noteRefused: noteRefusals(deps),
  }
  const join = coalesceByKey<ClaimedDelivery>((deliveries) => processDeliveries(deps, deliveries), UNLIMITED)
  const processClaimed = async (claimed: ClaimedDelivery): Promise<void> => join(keyOf(claimed), claimed)

  return {
    findEndpoint: shareReads((endpointKey) => withStorageTimeout(findEndpoint(deps, endpointKey))),
    receive: (connection: ConnectionDocument, posted: Posted) =>
      noteIntake(deps, connection, posted.body, () => withStorageTimeout(receiveDelivery(receiveDeps, connection, posted))),
    /** Processes one delivery, together with others about its opportunity that are passed at the same time. */
    processClaimed,
    /** Processes deliveries until stopped. */
    startWorker: (pollMs: number): Worker =>
      startWorker<DeliveryDocument>({
        name: 'deliveries',
        atOnce: AT_ONCE,
        pollMs,
        leaseMs,
        claim: claimFairly<DeliveryDocument>(DeliveryModel, { statuses: ['received'], limits: LIMITS, leaseMs }),
        keep: (claimed) => heartbeat(DeliveryModel, claimed, leaseMs),
        run: processClaimed,
        log: deps.log,
      }),

    releaseHeld: (organization: string, place: string) => releaseHeld(receiveDeps, organization, place),
    heldCounts,
    /** Called when the connection ends: drops waiting deliveries and refusals, which do not belong to the next connection. */
    async forgetAccount(organization: string): Promise<void> {
      await Promise.all([forgetHeld(organization), forgetRefusals(organization)])
    },
    listRefusals,
    async resumeWaiting(organization: string): Promise<void> {
      await resumeWaiting(organization)
      wake()
    },
    list: listDeliveries,
    get: getDelivery,
    async replay(organization: string, id: string) {
      const replayed = await replayDelivery(organization, id)
      wake()
      return replayed
    },
    async replayRange(organization: string, range: ReplayRange, actor: string) {
      const replayed = await replayRange(organization, range)
      if (replayed.accepted === 0) return replayed
      wake()
      await deps.audit.append({ organization, actor, action: 'deliveries.replayed', subject: subjectOf(range, replayed) })
      return replayed
    },
    expirePayloads,
    forgetPayloads,
  }
}

/** Deliveries that name no opportunity are processed alone. */
function keyOf({ document }: ClaimedDelivery): string {
  return `${String(document.organization)} ${document.opportunityId ?? String(document._id)}`
}
