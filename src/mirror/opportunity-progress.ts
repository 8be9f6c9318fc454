import { LeverOpportunityModel } from './lever-opportunity-model.ts'
import { OpportunitySyncModel } from './opportunity-sync-model.ts'

/**
 * The `progress` of an `OpportunitySync` that people see. A run that nobody watches (a recurring sweep) shows only
 * its end. Written only while `runAt` is the run's own, so that a run that lost its lease, or whose organization was
 * disconnected, changes nothing.
 */
export interface OpportunityProgress {
  /** Updates the progress of reading all opportunities, about once a second at most. */
  tell(read: number, estimated: number | null): Promise<void>
  finish(
    state: 'idle' | 'failed',
    ended: { complete?: boolean; sweptAt?: Date; deletions?: 'read' | 'refused'; error?: string | null },
  ): Promise<void>
}

const TOLD_EVERY_MS = 1000

/** `startedAt` is by the database's clock. `shown`: visible while it runs. */
export async function beginOpportunityProgress(
  organization: string,
  startedAt: Date,
  { shown }: { shown: boolean },
): Promise<OpportunityProgress> {
  const running = {
    'progress.state': 'running',
    'progress.startedAt': startedAt,
    'progress.finishedAt': null,
  } as const
  await OpportunitySyncModel.updateOne({ organization }, { $set: { 'progress.runAt': startedAt, ...(shown ? running : {}) } })
  const mine = { organization, 'progress.runAt': startedAt } as const
  const pace = paceOf()
  return {
    async tell(read, estimated) {
      const perSecond = pace(read)
      if (perSecond === null) return
      await OpportunitySyncModel.updateOne(mine, {
        $set: { 'progress.estimated': estimated, 'progress.perSecond': perSecond },
        $max: { 'progress.records': read },
      })
    },
    async finish(state, { complete, sweptAt, deletions, error = null }) {
      const records = await LeverOpportunityModel.countDocuments({ organization })
      const known = { 'progress.records': records, 'progress.estimated': null, 'progress.perSecond': null }
      const told = {
        ...(complete === undefined ? {} : { 'progress.complete': complete }),
        ...(deletions ? { 'progress.deletionsRefused': deletions === 'refused' } : {}),
        ...(sweptAt ? { 'progress.sweptAt': sweptAt } : {}),
        ...(error === null ? {} : { 'progress.error': error }),
      }
      await OpportunitySyncModel.updateOne(mine, {
        $set: { 'progress.state': state, 'progress.startedAt': startedAt, ...known, ...told },
        ...(error === null ? { $unset: { 'progress.error': 1 } } : {}),
        $currentDate: { 'progress.finishedAt': true },
      })
    },
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
