import type { ClientSession, Types } from 'mongoose'
import { formerKeys } from '../people/former-keys.ts'
import { contradict, personKeys } from '../people/person-keys.ts'
import type { CandidateInput } from './candidate-input.ts'
import { candidateKeys, recordKey } from './candidate-keys.ts'
import { findByAny } from './find-by-any.ts'
import type { CandidateFields, KnownFields } from './merge-candidate.ts'
import { CONTRADICTED, SEVERAL } from './who-is-who/row-warnings.ts'
import { searchForm } from './search-form.ts'

/** A candidate that rows may match: a stored one, or one that an earlier row created. */
export interface KnownCandidate {
  id: Types.ObjectId
  /** The stored values; null if the candidate is not stored yet. */
  stored: KnownFields | null
  changed: boolean
  fields: KnownFields & Pick<CandidateFields, 'emailKeys' | 'linkKeys'>
}

/**
 * The candidate that a row matches. `match` is null for a new person; `doubt` says why the row might have matched
 * somebody.
 */
export interface Match {
  match: KnownCandidate | null
  doubt: string | null
}

export interface KnownCandidates {
  /**
   * Matches by `externalId` if there is one; otherwise by identical values, then by profile, then by email. A
   * different profile on the same site rules out a match. If several match, the only one with the same name is
   * chosen.
   */
  find(input: CandidateInput, isPossible?: (candidate: KnownCandidate) => boolean): Match
  get(id: Types.ObjectId): KnownCandidate | null
  named(externalId: string): KnownCandidate | null
  add(candidate: KnownCandidate): void
  all(): Iterable<KnownCandidate>
}

/** Reads all candidates that any of `inputs` may match, and those with `ids`. */
export async function loadKnownCandidates(
  organization: string,
  inputs: CandidateInput[],
  ids: Types.ObjectId[],
  session: ClientSession,
): Promise<KnownCandidates> {
  const unnamed = inputs.filter(({ externalId }) => !externalId)
  const keys = unnamed.map((input) => ({ ...candidateKeys(input), former: formerKeys(input), record: recordKey(input) }))
  const found = await findByAny(
    organization,
    {
      _id: ids,
      externalId: inputs.flatMap(({ externalId }) => externalId ?? []),
      linkKeys: keys.flatMap(({ linkKeys, former }) => [...linkKeys, ...former.links]),
      emailKeys: keys.flatMap(({ emailKeys, former }) => [...emailKeys, ...former.emails]),
      recordKeys: keys.map(({ record }) => record),
    },
    { session },
  )
  const known = indexCandidates()
  for (const stored of found) {
    known.add({ id: stored._id, stored, changed: false, fields: { ...stored, ...candidateKeys(stored) } })
  }
  return known
}

function indexCandidates(): KnownCandidates {
  const byId = new Map<string, KnownCandidate>()
  const byExternalId = new Map<string, KnownCandidate>()
  const byKey = new Map<string, Set<KnownCandidate>>()

  /** `of` is checked again because an earlier row may have taken the key from the candidate. */
  const holders = (keys: readonly string[], of: (fields: KnownCandidate['fields']) => readonly string[]): KnownCandidate[] => [
    ...new Set(keys.flatMap((key) => [...(byKey.get(key) ?? [])].filter(({ fields }) => of(fields).includes(key)))),
  ]

  return {
    get: (id) => byId.get(id.toHexString()) ?? null,
    named: (externalId) => byExternalId.get(externalId) ?? null,
    find(input, isPossible = () => true) {
      if (input.externalId) return { match: byExternalId.get(input.externalId) ?? null, doubt: null }
      const { emails, profiles } = personKeys(input)
      const isOther = ({ fields }: KnownCandidate): boolean => contradict(profiles, fields.linkKeys)
      const among = (found: KnownCandidate[]): KnownCandidate[] => found.filter(isPossible)
      const same = among(holders([recordKey(input)], recordsOf)).filter((candidate) => !isOther(candidate))
      if (same[0]) return { match: same[0], doubt: null }
      const ways = [among(holders(profiles, ({ linkKeys }) => linkKeys)), among(holders(emails, ({ emailKeys }) => emailKeys))]
      for (const found of ways) {
        const possible = found.filter((candidate) => !isOther(candidate))
        const chosen = onlyMatch(possible, input.name)
        if (chosen) return { match: chosen, doubt: null }
        if (possible.length > 1) return { match: null, doubt: SEVERAL }
      }
      return { match: null, doubt: ways.some((found) => found.length > 0) ? CONTRADICTED : null }
    },
    add(candidate) {
      byId.set(candidate.id.toHexString(), candidate)
      const { externalId, emailKeys, linkKeys } = candidate.fields
      if (externalId) byExternalId.set(externalId, candidate)
      for (const key of [...emailKeys, ...linkKeys, ...recordsOf(candidate.fields)]) addTo(byKey, key, candidate)
    },
    all: () => byId.values(),
  }
}

/** The remembered values of all rows that matched this candidate. */
function recordsOf(fields: KnownCandidate['fields']): string[] {
  return [recordKey(fields), ...(fields.recordKeys ?? [])]
}

function onlyMatch(possible: readonly KnownCandidate[], name: string | undefined): KnownCandidate | null {
  if (possible.length === 1) return possible[0] ?? null
  const namesakes = possible.filter(({ fields }) => searchForm(fields.name ?? '') === searchForm(name ?? ''))
  return namesakes.length === 1 ? (namesakes[0] ?? null) : null
}

function addTo(index: Map<string, Set<KnownCandidate>>, key: string, candidate: KnownCandidate): void {
  const holders = index.get(key)
  if (holders) holders.add(candidate)
  else index.set(key, new Set([candidate]))
}
