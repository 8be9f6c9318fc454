import type { ClientSession, Types } from 'mongoose'
import { CandidateModel } from './candidate-model.ts'
import { STAGE_COLLATION } from './stage-collation.ts'

/** A candidate's entry into a stage of the sourcing tool, or into the same stage of another project. */
export interface StageEntry {
  candidate: Types.ObjectId
  stage: string
  project: string | null
}

/** Somebody who wants to know who enters certain stages. */
export interface StageWatch {
  concerns: (entry: StageEntry) => boolean
  /** Keeps the entries in the transaction that writes the candidates, so that neither is there without the other. May be called again. */
  record: (entries: readonly StageEntry[], session: ClientSession) => Promise<void>
  /** Told once they are durable; may be lost. */
  wake: () => Promise<void>
}

/** Who watches the organization's stages at this moment; null where nobody does. */
export type WatchStages = (organization: string) => Promise<StageWatch | null>

interface Place {
  stage?: string | null | undefined
  project?: string | null | undefined
}

/** As `STAGE_COLLATION` does it in the database. */
const WORDS = new Intl.Collator(STAGE_COLLATION.locale, { sensitivity: 'accent' })

/** Whether both are the sourcing tool's same word. */
export function isSameWord(one: string | null | undefined, other: string | null | undefined): boolean {
  return WORDS.compare(one ?? '', other ?? '') === 0
}

/** The entry that a write makes, by how the candidate was before (null: not there) and is after it; null where it stays where it was. */
export function entryOf(candidate: Types.ObjectId, before: Place | null, after: Place): StageEntry | null {
  if (!after.stage) return null
  if (before && isSameWord(before.stage, after.stage) && isSameWord(before.project, after.project)) return null
  return { candidate, stage: after.stage, project: after.project ?? null }
}

/**
 * Writes a candidate; where somebody watches the stage that it enters by that, together with its entry, and with what is to be written
 * `alongside`. `write` may be called again, and gives null where it wrote nothing.
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
