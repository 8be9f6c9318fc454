import type { SyncView } from '../connection/sync-view.ts'
import { OpportunitySyncModel, type OpportunityProgressFields } from './opportunity-sync-model.ts'
import { SyncRunModel, type SyncProgressFields } from './sync-run-model.ts'

/** Returns the `sync` field of a connection, which combines records and opportunities; they are read separately. */
export async function syncStatus(organization: string): Promise<SyncView> {
  const [records, opportunities] = await Promise.all([readProgress(organization), readOpportunityProgress(organization)])
  const parts = [records, ...(opportunities ? [opportunities] : [])]
  const running = parts.filter(({ state }) => state === 'running')
  const isRunning = running.length > 0
  return {
    state: isRunning ? 'running' : parts.some(({ state }) => state === 'failed') ? 'failed' : 'idle',
    startedAt: iso(latest((isRunning ? running : parts).map(({ startedAt }) => startedAt))),
    finishedAt: isRunning ? null : iso(latest(parts.map(({ finishedAt }) => finishedAt))),
    resources: { ...records.resources, ...(opportunities ? { opportunities: opportunities.records ?? 0 } : {}) },
    ...(opportunities ? { opportunities: opportunityView(opportunities) } : {}),
  }
}

async function readProgress(organization: string): Promise<SyncProgressFields & { resources: Record<string, number> }> {
  const run = await SyncRunModel.findOne({ organization }, { progress: 1 }).lean<{ progress?: SyncProgressFields }>()
  return { ...run?.progress, resources: (run?.progress?.resources ?? {}) as Record<string, number> }
}

async function readOpportunityProgress(organization: string): Promise<OpportunityProgressFields | null> {
  const run = await OpportunitySyncModel.findOne({ organization }, { progress: 1 }).lean<{ progress?: OpportunityProgressFields }>()
  return run?.progress ?? null
}

function opportunityView(progress: OpportunityProgressFields): NonNullable<SyncView['opportunities']> {
  const { estimated = null, perSecond = null, sweptAt } = progress
  const [complete, records] = [progress.complete ?? false, progress.records ?? 0]
  const left = estimated === null || !perSecond ? null : Math.ceil(Math.max(0, estimated - records) / perSecond)
  const deletions = progress.deletionsRefused ? 'refused' : 'read'
  return { complete, records, estimated, perSecond, secondsLeft: left, deletions, sweptAt: iso(sweptAt) }
}

function latest(times: readonly (Date | null | undefined)[]): Date | null {
  const known = times.flatMap((at) => at?.getTime() ?? [])
  return known.length === 0 ? null : new Date(Math.max(...known))
}

function iso(at: Date | null | undefined): string | null {
  return at?.toISOString() ?? null
}
