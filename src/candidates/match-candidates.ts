import type { ClientSession, Types } from 'mongoose'
import type { CandidateInput } from './candidate-input.ts'
import { emailKey, linkKey } from './candidate-keys.ts'
import { CandidateModel, type CandidateDocument } from './candidate-model.ts'
import type { CandidateFields, KnownFields } from './merge-candidate.ts'

/** A candidate that rows may be about: one in the database, or one that an earlier row made. */
export interface KnownCandidate {
  id: Types.ObjectId
  /** As it stands in the database; null: not there yet. */
  stored: KnownFields | null
  changed: boolean
  fields: KnownFields & Pick<CandidateFields, 'emailKeys' | 'linkKeys'>
}

export interface KnownCandidates {
  /** By `externalId` where there is one; else by profile link, else by e-mail, of several the one of the same name or the oldest. */
  find(input: CandidateInput): KnownCandidate | null
  add(candidate: KnownCandidate): void
  all(): Iterable<KnownCandidate>
}

/** Reads all candidates that one of `inputs` may be about. */
export async function loadKnownCandidates(
  organization: string,
  inputs: CandidateInput[],
  session: ClientSession,
): Promise<KnownCandidates> {
  const unnamed = inputs.filter(({ externalId }) => !externalId)
  const matching = [
    { externalId: { $in: inputs.flatMap(({ externalId }) => externalId ?? []) } },
    { linkKeys: { $in: unnamed.flatMap(linkKeysOf) } },
    { emailKeys: { $in: unnamed.flatMap(emailKeysOf) } },
  ]
  const found = await CandidateModel.find({ organization, $or: matching }).sort({ _id: 1 }).session(session).lean<CandidateDocument[]>() // prettier-ignore
  const known = indexCandidates()
  for (const fields of found) known.add({ id: fields._id, stored: fields, changed: false, fields })
  return known
}

function indexCandidates(): KnownCandidates {
  const byId = new Map<string, KnownCandidate>()
  const byExternalId = new Map<string, KnownCandidate>()
  const byLink = new Map<string, Set<KnownCandidate>>()
  const byEmail = new Map<string, Set<KnownCandidate>>()

  return {
    find(input) {
      if (input.externalId) return byExternalId.get(input.externalId) ?? null
      return pick(byLink, linkKeysOf(input), 'linkKeys', input.name) ?? pick(byEmail, emailKeysOf(input), 'emailKeys', input.name)
    },
    add(candidate) {
      byId.set(candidate.id.toHexString(), candidate)
      if (candidate.fields.externalId) byExternalId.set(candidate.fields.externalId, candidate)
      for (const key of candidate.fields.linkKeys) addTo(byLink, key, candidate)
      for (const key of candidate.fields.emailKeys) addTo(byEmail, key, candidate)
    },
    all: () => byId.values(),
  }
}

/** `field` is asked again, since an earlier row may have taken the key from the candidate. */
function pick(
  index: Map<string, Set<KnownCandidate>>,
  keys: string[],
  field: 'linkKeys' | 'emailKeys',
  name: string | undefined,
): KnownCandidate | null {
  for (const key of keys) {
    const holders = [...(index.get(key) ?? [])].filter(({ fields }) => fields[field].includes(key))
    const chosen = holders.find(({ fields }) => fields.name === name) ?? holders[0]
    if (chosen) return chosen
  }
  return null
}

function addTo(index: Map<string, Set<KnownCandidate>>, key: string, candidate: KnownCandidate): void {
  const holders = index.get(key)
  if (holders) holders.add(candidate)
  else index.set(key, new Set([candidate]))
}

/** The input's links, its profile page among them, in the form in which they are compared. */
export function linkKeysOf({ links, profileUrl }: CandidateInput): string[] {
  return [...(links ?? []), ...(profileUrl ? [profileUrl] : [])].map(linkKey)
}

/** The same of its e-mails. */
export function emailKeysOf({ emails }: CandidateInput): string[] {
  return (emails ?? []).map(emailKey)
}
