import { walkConnections } from '../connection/find-connection.ts'
import { GRANTED } from '../connection/grant.ts'
import { findUnscheduled, noteScheduled, type ScheduledConnection } from '../connection/unscheduled.ts'
import { NEVER } from '../work/work-fields.ts'
import { OpportunitySyncModel } from './opportunity-sync-model.ts'
import { requestOpportunitySync } from './opportunity-sync-schedule.ts'
import { RESOURCES } from './resource.ts'
import { SyncRunModel } from './sync-run-model.ts'
import { scheduleSync } from './sync-schedule.ts'

/** The number of connections that one look checks besides the marked ones, so that its cost does not grow with their number. */
const PAGE = 200

/**
 * Returns a function that finds connections whose syncs are not scheduled, because their process was stopped before it
 * could request them, or because they were authorized again after a sync found no grant. Each call schedules the
 * connections that their authorization or activation marked, and checks the next page of all connections, to find those
 * without a mark. May run in several processes at once.
 */
export function createForgottenLook(): () => Promise<void> {
  const next = walkConnections(PAGE)
  return async () => {
    const marked = await findUnscheduled(PAGE)
    const page = await next()
    await scheduleMissing([...marked, ...page])
    for (const connection of marked) await noteScheduled(connection)
  }
}

async function scheduleMissing(connections: readonly ScheduledConnection[]): Promise<void> {
  const organization = { $in: connections.map((one) => one.organization) }
  const scheduled = { organization, dueAt: { $ne: NEVER } }
  const [syncs, sweeps] = await Promise.all([
    SyncRunModel.distinct('organization', scheduled),
    OpportunitySyncModel.distinct('organization', scheduled),
  ])
  const [synced, swept] = [new Set(syncs.map(String)), new Set(sweeps.map(String))]
  for (const one of connections) {
    const id = String(one.organization)
    if (GRANTED.includes(one.status) && !synced.has(id)) await scheduleSync(id, RESOURCES)
    if ((one.status === 'active' || one.status === 'paused') && !swept.has(id)) await requestOpportunitySync(id, { asked: false })
  }
}
