import { ExportModel } from '../../src/export/export-model.ts'
import { eventually } from './eventually.ts'

const HOUR_MS = 3_600_000

/** Resolves once the export waits for Lever, or for the budget, and no worker holds it; none takes it up for an hour, or until it is woken. */
export async function untilItRests(id: string, waitingFor: 'lever' | 'budget' = 'lever'): Promise<void> {
  await rest(id, { status: 'queued', waitingFor })
}

/** The same of one whose call came out unclear. Plant a fault that keeps looks from finding it: it must stay so until it was seen. */
export async function untilItRestsUnclear(id: string): Promise<void> {
  await rest(id, { status: 'unclear' })
}

async function rest(id: string, state: object): Promise<void> {
  const inAnHour = { dueAt: new Date(Date.now() + HOUR_MS) }
  const resting = { _id: id, ...state, leaseUntil: null }
  await eventually('it rests', async () => (await ExportModel.updateOne(resting, { $set: inAnHour })).modifiedCount === 1)
}

export async function wakeExport(id: string): Promise<void> {
  await ExportModel.updateOne({ _id: id }, { $set: { dueAt: new Date(0) } })
}

/** As though it had been tried for more than a day: woken, it gives up. */
export async function letADayPass(id: string): Promise<void> {
  await ExportModel.updateOne({ _id: id }, { $set: { tryingSince: new Date(Date.now() - 25 * HOUR_MS), dueAt: new Date(0) } })
}

/** As though its call had gone out long ago: an erasure does not wait for it. */
export async function letCallBeOver(id: string): Promise<void> {
  const past = new Date(Date.now() - HOUR_MS)
  await ExportModel.updateOne({ _id: id, intent: { $ne: null } }, { $set: { 'intent.at': past } })
  await ExportModel.updateOne({ _id: id, 'intent.completingAt': { $ne: null } }, { $set: { 'intent.completingAt': past } })
  await ExportModel.updateOne({ _id: id, 'note.intentAt': { $ne: null } }, { $set: { 'note.intentAt': past } })
}
