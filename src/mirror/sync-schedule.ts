import { Types } from 'mongoose'
import { organizationsWithStatus } from '../connection/find-connection.ts'
import { GRANTED } from '../connection/grant.ts'
import { heldBy, type Claimed } from '../work/claim.ts'
import { DUE_NOW, NEVER } from '../work/work-fields.ts'
import { RESOURCES, type Resource } from './resource.ts'
import { announced } from './sync-progress.ts'
import { SyncRunModel, type SyncRunDocument } from './sync-run-model.ts'

/** Lanes of {@link workFields}: what somebody asked for goes before what recurs. */
const ASKED_FOR = 0
const RECURRING = 2

const SYNC_EVERY_MS = 15 * 60_000
const FIRST_RETRY_MS = 60_000

/** How a run ended: `done`, `failed` by Lever's fault, `noGrant` until somebody authorizes again, `stopped` with this process. */
export type SyncOutcome = 'done' | 'failed' | 'noGrant' | 'stopped'

/** Makes the organization's sync due now, of these resources at least; while one runs, again after it. It shows as running at once. */
export async function requestSync(organization: string, resources: readonly Resource[] = RESOURCES): Promise<void> {
  await schedule(organization, ASKED_FOR, resources)
}

/**
 * Gives every connection that has a grant its place in the schedule: one authorized by a process that was stopped before it
 * could ask for the first sync, or authorized again since a sync found no grant.
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

/** What a claimed run has to read: all once that is due, else what was asked for. */
export function resourcesOf({ document }: Claimed<SyncRunDocument>, startedAt: Date): readonly Resource[] {
  if (document.allDueAt <= startedAt || document.requested.length === 0) return RESOURCES
  return RESOURCES.filter((resource) => document.requested.includes(resource))
}

/** Ends a run under its fence and says when the next is due: at once if somebody asked meanwhile. */
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

/** Makes every sync that is scheduled due at once, in full. @returns how many */
export async function makeSyncsDue(): Promise<number> {
  const soon = { dueAt: DUE_NOW, allDueAt: DUE_NOW, claim: null, leaseUntil: null }
  return (await SyncRunModel.updateMany({ dueAt: { $ne: NEVER } }, { $set: soon, $inc: { fence: 1 } })).modifiedCount
}
