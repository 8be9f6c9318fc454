import { ServiceError } from '../errors.ts'
import { keysToRefuse } from './candidate-keys.ts'
import type { CandidateFields, KnownFields } from './merge-candidate.ts'
import type { WatchStages } from './stage-entries.ts'

/** People who were erased and not entered again, known only by keyed hashes of `keysToRefuse`. */
export interface ErasedPeople {
  /** Those of the keys that belong to somebody who was erased. */
  among: (organization: string, keys: readonly string[]) => Promise<Set<string>>
  /** Somebody enters these people again: from now on they are like anybody else. */
  lift: (organization: string, keys: readonly string[]) => Promise<void>
}

/** How candidates are entered: whether by somebody who knows that the person was erased, and who wants to know where they come to stand. */
export interface Entering {
  erased: ErasedPeople
  allowErased: boolean
  watchStages: WatchStages
}

export const ERASED = 'The person was erased here'

/**
 * Lets a candidate be written, unless that brought back somebody who was erased. Keys that the candidate has already are not asked
 * about: two people may share an e-mail.
 * @throws ServiceError `erased`
 */
export async function admit(
  organization: string,
  fields: CandidateFields,
  known: KnownFields | null,
  { erased, allowErased }: Pick<Entering, 'erased' | 'allowErased'>,
): Promise<void> {
  if (allowErased) return erased.lift(organization, keysToRefuse(fields))
  const keys = newKeys(fields, known)
  if (keys.length === 0 || (await erased.among(organization, keys)).size === 0) return
  throw new ServiceError('erased', `${ERASED}, and is not entered again unasked.`, {
    hint: 'If the person is to be entered again, send POST /candidates with allowErased: true.',
  })
}

/** The values that identify the candidate and did not before. */
export function newKeys(fields: CandidateFields, known: KnownFields | null): string[] {
  const had = new Set(known ? keysToRefuse(known) : [])
  return keysToRefuse(fields).filter((key) => !had.has(key))
}
