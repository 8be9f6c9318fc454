import type { ClientSession } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { isTelling, keysToRefuse, profilesBySite } from './candidate-keys.ts'
import type { CandidateFields, KnownFields } from './merge-candidate.ts'
import type { WatchStages } from './stage-entries.ts'

/** People who were erased and not entered again. Only keyed hashes of their `keysToRefuse` are stored. */
export interface ErasedPeople {
  /** Returns all keys of the erased people who have one of these keys. */
  among: (organization: string, keys: readonly string[]) => Promise<ErasedKeys>
  /** Lifts the erasures of these people within the transaction that enters them. */
  lift: (organization: string, entered: readonly Entered[], session: ClientSession) => Promise<void>
}

/** `size` is 0 if no erased person has any of the requested keys. */
export type ErasedKeys = Pick<ReadonlySet<string>, 'size' | 'has'>

/** The data about a person that a write adds. */
export interface Entered {
  /** These keys are no longer refused. The rest of the erasure stays in force, since two people may share an email. */
  keys: string[]
  /** The keys among `keys` that only the same person has. They lift the erasure unless a profile contradicts. */
  telling: string[]
  /** All profiles after the write, by site. */
  profiles: Map<string, string[]>
}

/**
 * How candidates are entered: whether the caller allows people who were erased, and who watches the stages they
 * enter.
 */
export interface Entering {
  erased: ErasedPeople
  allowErased: boolean
  watchStages: WatchStages
}

export const ERASED = 'The person was erased here'

/**
 * Allows a candidate to be written unless that would restore an erased person without `allowErased`. Keys that the
 * candidate already has are not checked, since two people may share an email.
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

/** Lifts erasures in the transaction of the write; undefined if nothing may be lifted. */
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

/** Returns the identifying values that this write adds to the candidate. */
export function newKeys(fields: CandidateFields, known: KnownFields | null): string[] {
  const had = new Set(known ? keysToRefuse(known) : [])
  return keysToRefuse(fields).filter((key) => !had.has(key))
}
