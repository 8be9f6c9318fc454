import type { Types } from 'mongoose'
import { isDuplicateKey } from '../../duplicate-key.ts'
import { writeStep } from '../../work/write-step.ts'
import { ExportModel } from '../export-model.ts'
import { tryingSince, type ClaimedExport } from './export-steps.ts'
import type { Person } from '../request/find-duplicates.ts'
import type { ExportDeps } from './run-export-deps.ts'

/** The pause while another export holds the person: at least this, and as long as that one rests, up to `LONGEST_PAUSE_MS`. */
const SHORTEST_PAUSE_MS = 700
const LONGEST_PAUSE_MS = 10_000

/**
 * Locks a person's emails and links for this export and writes `set` with the lock, because two exports at once would not see each other
 * in Lever. Does not wait for the majority: the intent is written only if the lock still exists (`unlessLost`).
 * @returns 0 if this export holds the lock now; while another export holds one of them, the time in ms after which to try again
 */
export async function lockPerson(claimed: ClaimedExport, person: Person, set: Record<string, unknown>, deps: ExportDeps): Promise<number> {
  const { document } = claimed
  const personLock = await deps.personHashes(String(document.organization), person)
  const since = tryingSince(claimed, deps.leaseMs)
  try {
    await writeStep(ExportModel, claimed, { set: { ...set, tryingSince: since, personLock }, isPassing: true })
  } catch (error) {
    if (isDuplicateKey(error)) return pauseFor(document.organization, personLock)
    throw error
  }
  document.tryingSince = since
  return 0
}

async function pauseFor(organization: Types.ObjectId, personLock: string[]): Promise<number> {
  const holders = await ExportModel.aggregate<{ restsMs: number }>([
    { $match: { organization, personLock: { $in: personLock } } },
    { $project: { restsMs: { $subtract: ['$dueAt', '$$NOW'] } } },
  ])
  const restsMs = Math.max(SHORTEST_PAUSE_MS, ...holders.map((holder) => holder.restsMs))
  return Math.min(restsMs, LONGEST_PAUSE_MS)
}
