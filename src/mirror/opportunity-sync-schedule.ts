import { shareReads } from '../concurrency/share-reads.ts'
import { Types } from 'mongoose'
import { KEY_VERSION } from '../people/person-keys.ts'
import type { Claimed } from '../work/claim.ts'
import { NEVER } from '../work/work-fields.ts'
import { writeStep } from '../work/write-step.ts'
import { OpportunitySyncModel, type OpportunitySyncDocument } from './opportunity-sync-model.ts'
import { shownEnd, type ShownEnd } from './opportunity-progress.ts'
import { endUnderFence, type RunEnd } from './run-end.ts'
import { lacksHashes } from './restore-hashes.ts'
import { ASKED_FOR, READING_ALL, RECURRING } from './sync-lanes.ts'
import { announced } from './sync-progress.ts'

export const SWEEP_EVERY_MS = 10 * 60_000
/**
 * Applies while many exports are queued, so that the last sweep is never older than {@link FRESH_MS} when they check
 * it.
 */
const SWEEP_EVERY_IN_BURST_MS = 40_000
/** If the last sweep is younger than this, a person missing from the mirror counts as not in Lever. */
const FRESH_MS = 60_000
const FIRST_RETRY_MS = 60_000

/**
 * How a run ended: `done`; `refused` by Lever because of a missing permission; `failed` because of a Lever failure;
 * `noGrant` until somebody authorizes again; `stopped` with this process.
 */
export type OpportunitySyncOutcome = 'done' | 'refused' | 'failed' | 'noGrant' | 'stopped'

/**
 * Makes a sweep due now, after a full read if that is not complete; if one is running, another follows it. `asked`:
 * it shows as running immediately.
 */
export async function requestOpportunitySync(organization: string, { asked }: { asked: boolean }): Promise<void> {
  const lane = asked ? ASKED_FOR : RECURRING
  const set = {
    status: 'scheduled',
    lane: { $cond: [isAllRead, { $min: [{ $ifNull: ['$lane', lane] }, lane] }, READING_ALL] },
    dueAt: '$$NOW',
    asked: { $or: [asked, { $ifNull: ['$asked', false] }] },
    requests: { $add: [{ $ifNull: ['$requests', 0] }, 1] },
    fence: { $ifNull: ['$fence', 0] },
    leaseUntil: { $ifNull: ['$leaseUntil', null] },
    full: { $ifNull: ['$full', null] },
    sweptAt: { $ifNull: ['$sweptAt', null] },
    thoroughAt: { $ifNull: ['$thoroughAt', null] },
    failures: { $ifNull: ['$failures', 0] },
    ...(asked ? { progress: announced() } : {}),
  }
  await OpportunitySyncModel.collection.updateOne({ organization: new Types.ObjectId(organization) }, [{ $set: set }], { upsert: true })
}

const isAllRead = { $eq: [{ $type: '$full.finishedAt' }, 'date'] }

/**
 * Releases a run that found that all opportunities must be read: it is due again at once in the lane for that.
 * @throws LeaseLost
 */
export async function moveToReadingAll(claimed: Claimed<OpportunitySyncDocument>): Promise<RunEnd> {
  await writeStep(OpportunitySyncModel, claimed, { set: { lane: READING_ALL }, release: 0 })
  return 'dueAgain'
}

/**
 * Makes the next sweep due now, if the last one is older than sweeps may be during a burst. Cheap enough to call often.
 * @returns true if the sweep was made due
 */
export async function hastenSweep(organization: string): Promise<boolean> {
  const isOld = { $lt: ['$sweptAt', { $subtract: ['$$NOW', SWEEP_EVERY_IN_BURST_MS] }] }
  const isAhead = { $and: [{ $gt: ['$dueAt', '$$NOW'] }, { $lt: ['$dueAt', NEVER] }] }
  const hastened = await OpportunitySyncModel.collection.updateOne(
    { organization: new Types.ObjectId(organization), sweptAt: { $ne: null }, failures: 0, $expr: { $and: [isOld, isAhead] } },
    [{ $set: { dueAt: '$$NOW' } }],
  )
  return hastened.modifiedCount > 0
}

/** A completed sweep. */
export interface Swept {
  /** The start of the sweep, by the database's clock. */
  at: Date
  isThorough: boolean
  hasReadDeletions: boolean
  hasRestoredHashes: boolean
}

export interface EndedOpportunitySync {
  outcome: OpportunitySyncOutcome
  swept?: Swept
  /** Many exports are queued. */
  burst?: boolean
  /** Left out for a run that another process continues. */
  shown?: ShownEnd
}

/**
 * Ends a run under its fence, shows its end, and sets when the next is due: immediately if somebody requested one while it
 * ran. Then it stays shown as running.
 */
export async function endOpportunitySync(claimed: Claimed<OpportunitySyncDocument>, ended: EndedOpportunitySync): Promise<RunEnd> {
  const { requests, failures } = claimed.document
  const { outcome, swept, shown } = ended
  const isUnasked = { $eq: ['$requests', requests] }
  const isOver = outcome === 'done' || outcome === 'refused'
  const set = {
    claim: null,
    leaseUntil: null,
    ...(swept ? sweptFields(swept, claimed.document) : {}),
    dueAt: { $cond: [isUnasked, nextDue(ended, failures), '$$NOW'] },
    ...(isOver ? { lane: { $cond: [isUnasked, RECURRING, '$lane'] }, asked: { $cond: [isUnasked, false, '$asked'] } } : {}),
    failures: outcome === 'failed' ? failures + 1 : isOver ? 0 : failures,
    ...(shown ? shownEnd(shown, isUnasked) : {}),
  }
  return endUnderFence(OpportunitySyncModel, claimed, set)
}

function sweptFields(swept: Swept, { hashRemovals }: OpportunitySyncDocument): Record<string, unknown> {
  return {
    sweptAt: swept.at,
    ...(swept.isThorough ? { thoroughAt: swept.at } : {}),
    ...(swept.hasReadDeletions ? { deletionsReadAt: swept.at } : {}),
    ...(swept.hasRestoredHashes ? { hashesRestored: hashRemovals ?? 0 } : {}),
  }
}

function nextDue({ outcome, swept, burst }: EndedOpportunitySync, failures: number): unknown {
  if (outcome === 'stopped') return '$$NOW'
  if (outcome === 'noGrant') return NEVER
  if (outcome === 'failed') return { $add: ['$$NOW', Math.min(FIRST_RETRY_MS * 2 ** failures, SWEEP_EVERY_MS)] }
  if (burst && swept) return { $add: [{ $literal: swept.at }, SWEEP_EVERY_IN_BURST_MS] }
  return { $add: ['$$NOW', SWEEP_EVERY_MS] }
}

/** How far the mirror of opportunities can be trusted. */
export interface MirrorStanding {
  /** True if it holds all opportunities that the grant showed at the last sweep. */
  stands: boolean
  /**
   * True if a person missing from the mirror counts as missing from Lever: the last sweep is young enough, and no
   * record lacks hashes that an erasure removed.
   */
  isFresh: boolean
}

export const standingOf = shareReads(async (organization): Promise<MirrorStanding> => {
  const [found] = await OpportunitySyncModel.aggregate<{ sweptAt: Date | null; finishedAt?: Date | null; keyVersion?: number; now: Date }>([
    { $match: { organization: new Types.ObjectId(organization) } },
    { $project: { sweptAt: 1, finishedAt: '$full.finishedAt', keyVersion: '$full.keyVersion', now: '$$NOW' } },
  ])
  if (!found?.sweptAt || !found.finishedAt || found.keyVersion !== KEY_VERSION) return { stands: false, isFresh: false }
  const isYoung = found.now.getTime() - found.sweptAt.getTime() < FRESH_MS
  return { stands: true, isFresh: isYoung && !(await lacksHashes(organization)) }
})
