import type { ClientSession, Types } from 'mongoose'
import { CandidateModel } from './candidate-model.ts'
import { STAGE_COLLATION } from './stage-collation.ts'

/** A candidate's entry into a stage of the sourcing tool, or into the same stage of another project. */
export interface StageEntry {
  candidate: Types.ObjectId
  stage: string
  project: string | null
}

/** Watches which candidates enter certain stages. */
export interface StageWatch {
  concerns: (entry: StageEntry) => boolean
  /**
   * Stores the entries in the transaction that writes the candidates, so that both are written or neither. May be
   * called again.
   */
  record: (entries: readonly StageEntry[], session: ClientSession) => Promise<void>
  /** Called once the entries are durable. The call may be lost. */
  wake: () => Promise<void>
}

/** Returns the current watch on the organization's stages, or null if there is none. */
export type WatchStages = (organization: string) => Promise<StageWatch | null>

interface Place {
  stage?: string | null | undefined
  project?: string | null | undefined
}

/** Compares as `STAGE_COLLATION` does in the database. */
const WORDS = new Intl.Collator(STAGE_COLLATION.locale, { sensitivity: 'accent' })

/** True if both are the same name in the sourcing tool. */
export function isSameWord(one: string | null | undefined, other: string | null | undefined): boolean {
  return WORDS.compare(one ?? '', other ?? '') === 0
}

/**
 * Returns the entry that a write makes, given the candidate before (null for a new one) and after. Returns null if
 * its stage does not change.
 */
export function entryOf(candidate: Types.ObjectId, before: Place | null, after: Place): StageEntry | null {
  if (!after.stage) return null
  if (before && isSameWord(before.stage, after.stage) && isSameWord(before.project, after.project)) return null
  return { candidate, stage: after.stage, project: after.project ?? null }
}

/**
 * Writes a candidate. If the stage that it enters is watched, the entry and `alongside` are written in the same
 * transaction. `write` may be called again, and returns null if it wrote nothing.
 */
export async function writeEntering<T>(
  {
    organization,
    entry,
    watchStages,
    alongside,
  }: {
    organization: string
    entry: StageEntry | null
    watchStages: WatchStages
    alongside?: ((session: ClientSession) => Promise<void>) | undefined
  },
  write: (session?: ClientSession) => Promise<T | null>,
): Promise<T | null> {
  const watching = entry && (await watchStages(organization))
  const watch = entry && watching?.concerns(entry) ? watching : null
  if (!watch && !alongside) return write()
  const written = await CandidateModel.db.transaction(async (session) => {
    const candidate = await write(session)
    if (candidate === null) return null
    if (entry) await watch?.record([entry], session)
    await alongside?.(session)
    return candidate
  })
  if (written !== null) await watch?.wake()
  return written
}
