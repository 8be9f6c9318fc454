import { ConnectionModel } from '../connection/connection-model.ts'
import { forgetMissedChanges } from '../connection/missed-changes.ts'
import { LeverOpportunityModel } from './lever-opportunity-model.ts'

/**
 * The connection's `opportunitySync`, as people see it. A run that nobody looks at (a sweep that recurs) shows its end alone. Written only
 * while `runAt` is the run's own, so that one that was overtaken, or whose organization was disconnected, changes nothing any more.
 */
export interface OpportunityProgress {
  /** How far the reading of all has come. At most about once a second. */
  tell(read: number, estimated: number | null): Promise<void>
  finish(
    state: 'idle' | 'failed',
    ended: { complete?: boolean; sweptAt?: Date; deletions?: 'read' | 'refused'; error?: string | null },
  ): Promise<void>
}

const TOLD_EVERY_MS = 1000

/** Shows opportunities as being read from the moment it was asked for; to be called before that can begin, as `announceSync`. */
export async function announceOpportunitySync(organization: string): Promise<void> {
  await ConnectionModel.updateOne(
    { organization, 'opportunitySync.state': { $ne: 'running' }, status: { $ne: 'disconnected' } },
    {
      $set: { 'opportunitySync.state': 'running', 'opportunitySync.finishedAt': null },
      $unset: { 'opportunitySync.runAt': 1 },
      $currentDate: { 'opportunitySync.startedAt': true },
    },
  )
}

/** `startedAt` by the server's clock; `shown`: to be seen while it runs. */
export async function beginOpportunityProgress(
  organization: string,
  startedAt: Date,
  { shown }: { shown: boolean },
): Promise<OpportunityProgress> {
  const running = {
    'opportunitySync.state': 'running',
    'opportunitySync.startedAt': startedAt,
    'opportunitySync.finishedAt': null,
  } as const
  await ConnectionModel.updateOne(
    { organization, status: { $ne: 'disconnected' } },
    { $set: { 'opportunitySync.runAt': startedAt, ...(shown ? running : {}) } },
  )
  const mine = { organization, 'opportunitySync.runAt': startedAt, status: { $ne: 'disconnected' } } as const
  const pace = paceOf()
  return {
    async tell(read, estimated) {
      const perSecond = pace(read)
      if (perSecond === null) return
      await ConnectionModel.updateOne(mine, {
        $set: { 'opportunitySync.estimated': estimated, 'opportunitySync.perSecond': perSecond },
        $max: { 'opportunitySync.records': read },
      })
    },
    async finish(state, { complete, sweptAt, deletions, error = null }) {
      const records = await LeverOpportunityModel.countDocuments({ organization })
      const known = { 'opportunitySync.records': records, 'opportunitySync.estimated': null, 'opportunitySync.perSecond': null }
      const told = {
        ...(complete === undefined ? {} : { 'opportunitySync.complete': complete }),
        ...(deletions ? { 'opportunitySync.deletionsRefused': deletions === 'refused' } : {}),
        ...(sweptAt ? { 'opportunitySync.sweptAt': sweptAt } : {}),
        ...(error === null ? {} : { 'opportunitySync.error': error }),
      }
      await ConnectionModel.updateOne(mine, {
        $set: { 'opportunitySync.state': state, 'opportunitySync.startedAt': startedAt, ...known, ...told },
        ...(error === null ? { $unset: { 'opportunitySync.error': 1 } } : {}),
        $currentDate: { 'opportunitySync.finishedAt': true },
      })
    },
  }
}

/** Opportunities a second since the run began here; null while it is too early to tell again. */
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

/** What a disconnected organization shows. */
export async function clearOpportunityProgress(organization: string): Promise<void> {
  await ConnectionModel.updateOne({ organization }, { $unset: { opportunitySync: 1 } })
  await forgetMissedChanges(organization)
}
