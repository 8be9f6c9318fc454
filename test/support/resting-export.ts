import { ExportModel } from '../../src/export/export-model.ts'
import { eventually } from './eventually.ts'

const HOUR_MS = 3_600_000

/** Resolves once Lever keeps the export waiting and no worker holds it; none takes it up for an hour, or until it is woken. */
export async function untilItRests(id: string): Promise<void> {
  const rests = { _id: id, status: 'queued', waitingFor: 'lever', leaseUntil: null } as const
  const inAnHour = { dueAt: new Date(Date.now() + HOUR_MS) }
  await eventually('it waits', async () => (await ExportModel.updateOne(rests, { $set: inAnHour })).modifiedCount === 1)
}

export async function wakeExport(id: string): Promise<void> {
  await ExportModel.updateOne({ _id: id }, { $set: { dueAt: new Date(0) } })
}
