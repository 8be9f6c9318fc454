import { isDuplicateKey } from '../../duplicate-key.ts'
import { writeStep } from '../../work/write-step.ts'
import { BULK_LANE, ExportModel, type ExportDocument } from '../export-model.ts'
import { tryingSince, type ClaimedExport } from './export-steps.ts'
import type { Person } from '../request/find-duplicates.ts'
import type { ExportDeps } from './run-export-deps.ts'

/** Limits of the pause while another export holds the lock. The pause is capped, because that export may be woken before it is due. */
const SHORTEST_PAUSE_MS = 700
const LONGEST_PAUSE_MS = { interactive: 2000, bulk: 10_000 } as const

/**
 * Locks a person's emails and links for this export and writes `set` with the lock, because two exports at once would not see each other
 * in Lever. Does not wait for the majority: the intent is written only if the lock still exists (`unlessLost`).
 * @returns 0 if this export now holds the lock; otherwise the time in ms to wait before the next try
 */
export async function lockPerson(claimed: ClaimedExport, person: Person, set: Record<string, unknown>, deps: ExportDeps): Promise<number> {
  const { document } = claimed
  const personLock = await deps.personHashes(String(document.organization), person)
  const since = tryingSince(claimed, deps.leaseMs)
  try {
    await writeStep(ExportModel, claimed, { set: { ...set, tryingSince: since, personLock }, isPassing: true })
  } catch (error) {
    if (isDuplicateKey(error)) return pauseFor(document, personLock)
    throw error
  }
  document.tryingSince = since
  return 0
}

async function pauseFor({ organization, lane }: ExportDocument, personLock: string[]): Promise<number> {
  const holders = await ExportModel.aggregate<{ restsMs: number }>([
    { $match: { organization, personLock: { $in: personLock } } },
    { $project: { restsMs: { $subtract: ['$dueAt', '$$NOW'] } } },
  ])
  const restsMs = Math.max(SHORTEST_PAUSE_MS, ...holders.map((holder) => holder.restsMs))
  return Math.min(restsMs, LONGEST_PAUSE_MS[lane === BULK_LANE ? 'bulk' : 'interactive'])
}
