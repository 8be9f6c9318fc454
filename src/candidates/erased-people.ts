import type { ClientSession } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { isTelling, keysToRefuse, profilesBySite } from './candidate-keys.ts'
import type { CandidateFields, KnownFields } from './merge-candidate.ts'
import type { WatchStages } from './stage-entries.ts'

/** People who were erased and not entered again, known only by keyed hashes of `keysToRefuse`. */
export interface ErasedPeople {
  /** All keys of the erased people who have one of these keys. */
  among: (organization: string, keys: readonly string[]) => Promise<ErasedKeys>
  /** These people are entered, within the transaction: those who were erased are from now on like anybody else. */
  lift: (organization: string, entered: readonly Entered[], session: ClientSession) => Promise<void>
}

/** `size` is 0 where nobody who was erased has any of the keys that were asked about. */
export type ErasedKeys = Pick<ReadonlySet<string>, 'size' | 'has'>

/** What a write newly brings of a person. */
export interface Entered {
  /** These keys are no longer refused. The rest of the erasure stays in force, since two people may share an e-mail. */
  keys: string[]
  /** Those of them that only the same person has: they lift the erasure, unless a profile contradicts. */
  telling: string[]
  /** All profiles after the write, by site. */
  profiles: Map<string, string[]>
}

/** How candidates are entered: whether by somebody who knows that the person was erased, and who wants to know where they come to stand. */
export interface Entering {
  erased: ErasedPeople
  allowErased: boolean
  watchStages: WatchStages
}

export const ERASED = 'The person was erased here'

/**
 * Lets a candidate be written, unless that brought back somebody who was erased unasked. Keys that the candidate has already are not asked
 * about: two people may share an e-mail.
 * @throws ServiceError `erased`
 */
export async function admit(
  organization: string,
  fields: CandidateFields,
  known: KnownFields | null,
  { erased, allowErased }: Pick<Entering, 'erased' | 'allowErased'>,
): Promise<void> {
  if (allowErased) return
  const keys = newKeys(fields, known)
  if (keys.length === 0 || (await erased.among(organization, keys)).size === 0) return
  throw new ServiceError('erased', `${ERASED}, and is added again only on request.`, {
    hint: 'To add the person again, send POST /candidates with allowErased: true.',
  })
}

/** What lifts erasures in the transaction of the write; undefined where nothing may. */
export function liftingBy(
  organization: string,
  fields: CandidateFields,
  known: KnownFields | null,
  { erased, allowErased }: Pick<Entering, 'erased' | 'allowErased'>,
): ((session: ClientSession) => Promise<void>) | undefined {
  if (!allowErased || newKeys(fields, known).length === 0) return undefined
  return (session) => erased.lift(organization, [enteredBy(fields, known)], session)
}

export function enteredBy(fields: CandidateFields, known: KnownFields | null): Entered {
  const keys = newKeys(fields, known)
  return { keys, telling: keys.filter((key) => isTelling(key, fields)), profiles: profilesBySite(fields) }
}

/** The values that identify the candidate and did not before. */
export function newKeys(fields: CandidateFields, known: KnownFields | null): string[] {
  const had = new Set(known ? keysToRefuse(known) : [])
  return keysToRefuse(fields).filter((key) => !had.has(key))
}
