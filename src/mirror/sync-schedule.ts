import { Types } from 'mongoose'
import { organizationsWithStatus } from '../connection/find-connection.ts'
import { GRANTED } from '../connection/grant.ts'
import { heldBy, type Claimed } from '../work/claim.ts'
import { DUE_NOW, NEVER } from '../work/work-fields.ts'
import { RESOURCES, type Resource } from './resource.ts'
import { announced } from './sync-progress.ts'
import { SyncRunModel, type SyncRunDocument } from './sync-run-model.ts'

/** Lanes of {@link workFields}: requested work runs before recurring work. */
const ASKED_FOR = 0
const RECURRING = 2

const SYNC_EVERY_MS = 15 * 60_000
const FIRST_RETRY_MS = 60_000

/**
 * How a run ended: `done`; `failed` because of a Lever failure; `noGrant` until somebody authorizes again; `stopped`
 * with this process.
 */
export type SyncOutcome = 'done' | 'failed' | 'noGrant' | 'stopped'

/**
 * Makes the organization's sync due now, for at least these resources; if one is running, another follows it. It
 * shows as running immediately.
 */
export async function requestSync(organization: string, resources: readonly Resource[] = RESOURCES): Promise<void> {
  await schedule(organization, ASKED_FOR, resources)
}

/**
 * Schedules every connection with a grant that has no schedule: the process that authorized it was stopped before it
 * could request the first sync, or it was authorized again after a sync found no grant.
 */
export async function scheduleForgottenSyncs(): Promise<void> {
  const scheduled = new Set((await SyncRunModel.distinct('organization', { dueAt: { $ne: NEVER } })).map(String))
  for (const organization of await organizationsWithStatus(GRANTED))
    if (!scheduled.has(organization)) await schedule(organization, RECURRING, RESOURCES)
}

async function schedule(organization: string, lane: number, resources: readonly Resource[]): Promise<void> {
  const set = {
    status: 'scheduled',
    lane: { $min: [{ $ifNull: ['$lane', lane] }, lane] },
    dueAt: '$$NOW',
    allDueAt: { $ifNull: ['$allDueAt', '$$NOW'] },
    requests: { $add: [{ $ifNull: ['$requests', 0] }, 1] },
    requested: { $setUnion: [{ $ifNull: ['$requested', []] }, [...resources]] },
    fence: { $ifNull: ['$fence', 0] },
    leaseUntil: { $ifNull: ['$leaseUntil', null] },
    failures: { $ifNull: ['$failures', 0] },
    ...(lane === ASKED_FOR ? { progress: announced() } : {}),
  }
  await SyncRunModel.collection.updateOne({ organization: new Types.ObjectId(organization) }, [{ $set: set }], { upsert: true })
}

/** Returns the resources that a claimed run must read: all if they are due, otherwise the requested ones. */
export function resourcesOf({ document }: Claimed<SyncRunDocument>, startedAt: Date): readonly Resource[] {
  if (document.allDueAt <= startedAt || document.requested.length === 0) return RESOURCES
  return RESOURCES.filter((resource) => document.requested.includes(resource))
}

/** Ends a run under its fence and sets when the next is due: immediately if somebody requested one while it ran. */
export async function endRun(
  claimed: Claimed<SyncRunDocument>,
  ended: { outcome: SyncOutcome; ranAll: boolean; problems: { resource: Resource; code: string }[] },
): Promise<void> {
  const { requests, failures } = claimed.document
  const isUnasked = { $eq: ['$requests', requests] }
  const done = ended.outcome === 'done'
  const allDueAt = done && ended.ranAll ? { $add: ['$$NOW', SYNC_EVERY_MS] } : '$allDueAt'
  const set = {
    claim: null,
    leaseUntil: null,
    allDueAt,
    dueAt: { $cond: [isUnasked, nextDue(ended.outcome, failures, allDueAt), '$$NOW'] },
    requested: { $cond: [isUnasked, done ? [] : '$requested', '$requested'] },
    lane: { $cond: [{ $and: [isUnasked, done] }, RECURRING, '$lane'] },
    failures: ended.outcome === 'failed' ? failures + 1 : done ? 0 : failures,
    problems: { $literal: ended.problems },
  }
  await SyncRunModel.collection.updateOne(heldBy(claimed), [{ $set: set }])
}

function nextDue(outcome: SyncOutcome, failures: number, allDueAt: unknown): unknown {
  if (outcome === 'done') return allDueAt
  if (outcome === 'stopped') return '$$NOW'
  if (outcome === 'noGrant') return NEVER
  return { $add: ['$$NOW', Math.min(FIRST_RETRY_MS * 2 ** failures, SYNC_EVERY_MS)] }
}

/**
 * Makes every scheduled sync due now, for all resources.
 * @returns the number of syncs
 */
export async function makeSyncsDue(): Promise<number> {
  const soon = { dueAt: DUE_NOW, allDueAt: DUE_NOW, claim: null, leaseUntil: null }
  return (await SyncRunModel.updateMany({ dueAt: { $ne: NEVER } }, { $set: soon, $inc: { fence: 1 } })).modifiedCount
}
