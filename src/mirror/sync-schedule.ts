import { Types } from 'mongoose'
import type { Claimed } from '../work/claim.ts'
import { DUE_NOW, NEVER } from '../work/work-fields.ts'
import { RESOURCES, type Resource } from './resource.ts'
import { ASKED_FOR, RECURRING } from './sync-lanes.ts'
import { announced } from './sync-progress.ts'
import { endUnderFence, type RunEnd } from './run-end.ts'
import { SyncRunModel, type SyncRunDocument } from './sync-run-model.ts'

const SYNC_EVERY_MS = 15 * 60_000
/** The interval doubles with each run that finds no change, this often at most: it grows to two hours. */
const MOST_DOUBLINGS = 3
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

/** Makes the organization's sync due now, as recurring work that nobody watches. */
export async function scheduleSync(organization: string, resources: readonly Resource[]): Promise<void> {
  await schedule(organization, RECURRING, resources)
}

/** The shortest interval after the last complete run, or the planned time if that is earlier. */
const SOON = { $min: ['$allDueAt', { $add: ['$allEndedAt', SYNC_EVERY_MS] }] }

/**
 * Ends the longer interval of an organization in which nothing changed: somebody uses its lists, or something happens in
 * Lever. Changes nothing while the interval is the shortest. May be repeated.
 */
export async function endQuiet(organization: string): Promise<void> {
  const isQuiet = { organization: new Types.ObjectId(organization), quietRuns: { $gt: 0 }, dueAt: { $lt: NEVER } }
  await SyncRunModel.collection.updateOne(isQuiet, [{ $set: { quietRuns: 0, allDueAt: SOON, dueAt: { $min: ['$dueAt', SOON] } } }])
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
    ...(lane === ASKED_FOR ? { progress: announced(), quietRuns: 0, allDueAt: { $ifNull: [SOON, '$$NOW'] } } : {}),
  }
  await SyncRunModel.collection.updateOne({ organization: new Types.ObjectId(organization) }, [{ $set: set }], { upsert: true })
}

/** Returns the resources that a claimed run must read: all if they are due, otherwise the requested ones. */
export function resourcesOf({ document }: Claimed<SyncRunDocument>, startedAt: Date): readonly Resource[] {
  if (document.allDueAt <= startedAt || document.requested.length === 0) return RESOURCES
  return RESOURCES.filter((resource) => document.requested.includes(resource))
}

/** The end of a run, with what it has read. */
export interface EndedRun {
  outcome: SyncOutcome
  startedAt: Date
  /** True if it read all resources, except those that Lever refused. */
  ranAll: boolean
  /** The numbers of records of the resources that were read completely. */
  read: Partial<Record<Resource, number>>
  /** True if a record was added, changed or removed. */
  hasChanges: boolean
  problems: readonly { resource: Resource; code: string }[]
  /** Shown to people. */
  error: string | null
}

/**
 * Ends a run under its fence, shows its end, and sets when the next is due: immediately if somebody requested one while it
 * ran. Then the sync stays shown as running.
 */
export async function endRun(claimed: Claimed<SyncRunDocument>, ended: EndedRun): Promise<RunEnd> {
  const { requests, failures } = claimed.document
  const { outcome } = ended
  const isUnasked = { $eq: ['$requests', requests] }
  const done = outcome === 'done'
  const ranAll = done && ended.ranAll
  const quietRuns = ended.hasChanges ? 0 : { $add: [{ $ifNull: ['$quietRuns', -1] }, 1] }
  const allDueAt = ranAll ? { $add: ['$$NOW', intervalAfter(quietRuns)] } : '$allDueAt'
  const set = {
    claim: null,
    leaseUntil: null,
    allDueAt,
    ...(ranAll ? { allEndedAt: '$$NOW', quietRuns } : {}),
    dueAt: { $cond: [isUnasked, nextDue(outcome, failures, allDueAt), '$$NOW'] },
    requested: { $cond: [isUnasked, done ? [] : '$requested', '$requested'] },
    lane: { $cond: [{ $and: [isUnasked, done] }, RECURRING, '$lane'] },
    failures: outcome === 'failed' ? failures + 1 : done ? 0 : failures,
    problems: { $literal: ended.problems },
    ...readFields(ended),
    ...(outcome === 'stopped' ? {} : shownEnd(ended, isUnasked)),
  }
  return endUnderFence(SyncRunModel, claimed, set)
}

function intervalAfter(quietRuns: unknown): unknown {
  return { $multiply: [SYNC_EVERY_MS, { $pow: [2, { $min: [quietRuns, MOST_DOUBLINGS] }] }] }
}

function readFields({ read, startedAt }: EndedRun): Record<string, unknown> {
  const counted = Object.entries(read)
  return {
    ...Object.fromEntries(counted.map(([resource, records]) => [`progress.resources.${resource}`, records])),
    ...Object.fromEntries(counted.map(([resource]) => [`readAt.${resource}`, startedAt])),
  }
}

function shownEnd({ outcome, startedAt, error }: EndedRun, isUnasked: unknown): Record<string, unknown> {
  return {
    'progress.state': { $cond: [isUnasked, outcome === 'done' ? 'idle' : 'failed', '$progress.state'] },
    'progress.startedAt': { $cond: [isUnasked, startedAt, '$progress.startedAt'] },
    'progress.finishedAt': { $cond: [isUnasked, '$$NOW', '$progress.finishedAt'] },
    'progress.error': error === null ? '$$REMOVE' : { $literal: error },
  }
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
