import { heldBy, type Claimed } from '../work/claim.ts'
import { OpportunitySyncModel, type OpportunitySyncDocument } from './opportunity-sync-model.ts'

/**
 * The `progress` of an `OpportunitySync` that people see while it runs. `endOpportunitySync` writes its end. A run that
 * nobody watches (a recurring sweep) shows only its end. A run writes only while it holds its claim.
 */
export interface OpportunityProgress {
  /** Updates the progress of reading all opportunities, about once a second at most. */
  tell(read: number, estimated: number | null): Promise<void>
}

const TOLD_EVERY_MS = 1000

/** `startedAt` is by the database's clock. `shown`: visible while it runs. */
export async function beginOpportunityProgress(
  claimed: Claimed<OpportunitySyncDocument>,
  startedAt: Date,
  { shown }: { shown: boolean },
): Promise<OpportunityProgress> {
  const mine = heldBy(claimed)
  const runs = OpportunitySyncModel.collection
  const running = { 'progress.state': 'running', 'progress.startedAt': startedAt, 'progress.finishedAt': null }
  if (shown) await runs.updateOne(mine, { $set: running })
  const pace = paceOf()
  return {
    async tell(read, estimated) {
      const perSecond = pace(read)
      if (perSecond === null) return
      await runs.updateOne(mine, {
        $set: { 'progress.estimated': estimated, 'progress.perSecond': perSecond },
        $max: { 'progress.records': read },
      })
    },
  }
}

/** What a run shows when it has ended. Fields that are left out stay unchanged, except `error`. */
export interface ShownEnd {
  state: 'idle' | 'failed'
  startedAt: Date
  records?: number
  complete?: boolean
  sweptAt?: Date
  deletions?: 'read' | 'refused'
  error?: string
}

/** Returns the pipeline fields of the end. Where `isUnasked` is false, another run follows and stays shown as running. */
export function shownEnd(ended: ShownEnd, isUnasked: unknown): Record<string, unknown> {
  const { state, startedAt, records, complete, sweptAt, deletions, error } = ended
  return {
    'progress.state': { $cond: [isUnasked, state, '$progress.state'] },
    'progress.startedAt': { $cond: [isUnasked, startedAt, '$progress.startedAt'] },
    'progress.finishedAt': { $cond: [isUnasked, '$$NOW', '$progress.finishedAt'] },
    'progress.estimated': null,
    'progress.perSecond': null,
    ...(records === undefined ? {} : { 'progress.records': records }),
    ...(complete === undefined ? {} : { 'progress.complete': complete }),
    ...(sweptAt ? { 'progress.sweptAt': sweptAt } : {}),
    ...(deletions ? { 'progress.deletionsRefused': deletions === 'refused' } : {}),
    'progress.error': error === undefined ? '$$REMOVE' : { $literal: error },
  }
}

/**
 * Returns the opportunities per second since the run began in this process; null while it is too early for the next
 * value.
 */
function paceOf(): (read: number) => number | null {
  const begunAt = performance.now()
  let toldAt = -Infinity
  let first: number | null = null
  return (read) => {
    const now = performance.now()
    first ??= read
    if (now - toldAt < TOLD_EVERY_MS) return null
    toldAt = now
    return Math.max(0, Math.round((read - first) / Math.max(1, (now - begunAt) / 1000)))
  }
}
