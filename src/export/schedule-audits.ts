import { Types } from 'mongoose'
import { walkConnections } from '../connection/find-connection.ts'
import { NEVER } from '../work/work-fields.ts'
import { ExportAuditRunModel } from './export-audit-model.ts'

const HOUR_MS = 3_600_000
/** The number of connections that one look checks. */
const PAGE = 200

/**
 * Schedules the hourly comparison of an organization, unless it is scheduled. The first one is due at a random time within
 * the hour, so that those of all organizations spread over it. May be repeated.
 */
export async function scheduleAudit(organization: string): Promise<void> {
  const isScheduled = { $lt: [{ $ifNull: ['$dueAt', NEVER] }, NEVER] }
  const set = {
    status: 'scheduled',
    lane: { $ifNull: ['$lane', 0] },
    fence: { $ifNull: ['$fence', 0] },
    leaseUntil: { $ifNull: ['$leaseUntil', null] },
    claim: { $ifNull: ['$claim', null] },
    dueAt: { $cond: [isScheduled, '$dueAt', { $add: ['$$NOW', Math.round(Math.random() * HOUR_MS)] }] },
  }
  await ExportAuditRunModel.collection.updateOne({ organization: new Types.ObjectId(organization) }, [{ $set: set }], { upsert: true })
}

/**
 * Returns a look at the next page of connections, which schedules the comparisons that are missing: those of connections
 * whose process was stopped before it could schedule one. Its cost does not grow with the number of connections.
 */
export function createAuditLook(): () => Promise<void> {
  const next = walkConnections(PAGE)
  return async () => {
    const page = await next()
    const compared = page.filter(({ status }) => status === 'active' || status === 'paused')
    if (compared.length === 0) return
    const organization = { $in: compared.map((one) => one.organization) }
    const scheduled = new Set((await ExportAuditRunModel.distinct('organization', { organization, dueAt: { $lt: NEVER } })).map(String))
    for (const one of compared) if (!scheduled.has(String(one.organization))) await scheduleAudit(String(one.organization))
  }
}
