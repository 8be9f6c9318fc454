import { isDuplicateKey } from '../../duplicate-key.ts'
import { writeStep } from '../../work/write-step.ts'
import { ExportModel } from '../export-model.ts'
import { tryingSince, type ClaimedExport } from './export-steps.ts'
import type { Person } from '../request/find-duplicates.ts'
import type { ExportDeps } from './run-export-deps.ts'

/**
 * Locks a person's emails and links for this export and writes `set` with the lock, because two exports at once would not see each other
 * in Lever. Resolves to false while another export holds one of them. Does not wait for the majority: the intent is written only if the
 * lock still exists (`unlessLost`).
 */
export async function lockPerson(claimed: ClaimedExport, person: Person, set: Record<string, unknown>, deps: ExportDeps): Promise<boolean> {
  const { document } = claimed
  const personLock = await deps.personHashes(String(document.organization), person)
  const since = tryingSince(claimed, deps.leaseMs)
  try {
    await writeStep(ExportModel, claimed, { set: { ...set, tryingSince: since, personLock }, isPassing: true })
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
  document.tryingSince = since
  return true
}
