import { z } from 'zod'
import type { Clearance } from '../../accounts/clearance.ts'
import type { LeverClient, Lane } from '../../lever/client.ts'
import { findOpportunitiesByEmail, type LeverOpportunity } from '../../lever/opportunities.ts'
import { StageView } from '../export-view.ts'

const Timestamp = z.string().meta({ format: 'date-time' })

export const DuplicateView = z
  .object({
    opportunityId: z
      .string()
      .nullable()
      .describe('Null, like the other fields, if the record is confidential and the caller may not see it'),
    contactId: z.string().nullable(),
    url: z.string().nullable(),
    stage: StageView.nullable(),
    archived: z.object({ reason: z.string().nullable(), reasonText: z.string().nullable(), archivedAt: Timestamp.nullable() }).nullable(),
    owner: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    postings: z
      .array(z.object({ id: z.string(), title: z.string().nullable() }))
      .describe('Sourcers see only postings known not to be confidential'),
    createdAt: Timestamp.nullable(),
    confidential: z.boolean().describe('A sourcer gets at most one confidential entry, always last, even if there are several'),
  })
  .meta({ id: 'Duplicate' })
export type DuplicateView = z.infer<typeof DuplicateView>
/** A duplicate with everything that is known about it. A posting is public if the mirror has it and it is not confidential. */
export type Duplicate = Omit<DuplicateView, 'postings'> & {
  opportunityId: string
  postings: { id: string; title: string | null; isPublic: boolean }[]
}

export interface Person {
  emails: string[]
  links: string[]
}

export interface DuplicateSearch {
  duplicates: Duplicate[]
  /** The same opportunities as Lever returned them, to be stored in the mirror. */
  opportunities: LeverOpportunity[]
  checkedAt: 'lever' | 'mirror' | 'no'
}

/**
 * How far the mirror of opportunities can be trusted. `stands`: it is complete. `isFresh`: a person who is not in it counts as absent,
 * because the last sweep was a moment ago.
 */
export interface MirrorStanding {
  stands: boolean
  isFresh: boolean
}

/**
 * Whether the mirror may answer instead of Lever: never, always, or only that a person is absent (for a caller that reads whatever it finds
 * from Lever anyway). If a person waits for the answer, Lever is asked, since nothing reports an opportunity that somebody adds there by
 * hand.
 */
export type MirrorTrust = 'never' | 'forAbsence' | 'always'

export interface FindDuplicatesDeps {
  /** Resolves to the mirrored opportunities of people with one of these emails or links. */
  mirrored: (organization: string, person: Person) => Promise<Duplicate[]>
  describe: (organization: string, opportunity: LeverOpportunity) => Promise<Duplicate>
  /** A younger opportunity of the mirror may still be missing from Lever's search, so it is added to the result. */
  searchLagMs: number
  standing: (organization: string) => Promise<MirrorStanding>
  /** Resolves to true if an erasure made people in the mirror unrecognizable; they may still be in Lever. */
  lacksHashes: (organization: string) => Promise<boolean>
  /** Makes the mirror reread the records that an erasure made unrecognizable; resolves to true if there were any. */
  restoreHashes: (organization: string, by: { client: LeverClient; lane: Lane }) => Promise<boolean>
  /** Makes the mirror sweep Lever, unless it did so a moment ago. */
  hasten: (organization: string) => Promise<void>
}

export interface DuplicateQuestion {
  organization: string
  person: Person
  client: LeverClient
  canSeeConfidential: boolean
  lane: Lane
  /** The default is `never`. */
  trust?: MirrorTrust
}

/**
 * Finds every opportunity, archived or not, of a contact with one of the person's emails. Takes one request to Lever per email, since
 * `email` is not documented as repeatable, or none if the mirror may answer. Lever cannot search by link, so the mirror answers for a
 * person without an email. Opportunities that Fulcrum created a moment ago are included even if Lever's search does not show them yet.
 */
export async function findDuplicates(question: DuplicateQuestion, deps: FindDuplicatesDeps): Promise<DuplicateSearch> {
  const { organization, person } = question
  if (person.emails.length === 0) return findByLink(question, deps)
  const mirrored = newestFirst(await deps.mirrored(organization, { emails: person.emails, links: [] }))
  if (await mayMirrorAnswer(question, mirrored.length > 0, deps)) return { duplicates: mirrored, opportunities: [], checkedAt: 'mirror' }
  const opportunities = await searchByEmail(question)
  const described = await Promise.all(opportunities.map((one) => deps.describe(organization, one)))
  const listed = new Set(described.map(({ opportunityId }) => opportunityId))
  const recent = mirrored.filter(({ opportunityId, createdAt }) => !listed.has(opportunityId) && isRecent(createdAt, deps.searchLagMs))
  return { duplicates: newestFirst([...described, ...recent]), opportunities, checkedAt: 'lever' }
}

async function findByLink({ organization, person, client, lane }: DuplicateQuestion, deps: FindDuplicatesDeps): Promise<DuplicateSearch> {
  const known = newestFirst(await deps.mirrored(organization, person))
  if (known.length > 0) return { duplicates: known, opportunities: [], checkedAt: 'mirror' }
  if (!(await deps.standing(organization)).stands) return { duplicates: [], opportunities: [], checkedAt: 'no' }
  const isRestored = await deps.restoreHashes(organization, { client, lane })
  const duplicates = isRestored ? newestFirst(await deps.mirrored(organization, person)) : []
  return { duplicates, opportunities: [], checkedAt: 'mirror' }
}

/** A person found in the mirror is in Lever. A person not found counts as absent only if the last sweep was a moment ago. */
async function mayMirrorAnswer(
  { organization, trust = 'never' }: DuplicateQuestion,
  isFound: boolean,
  deps: FindDuplicatesDeps,
): Promise<boolean> {
  if (trust === 'never') return false
  const { stands, isFresh } = await deps.standing(organization)
  if (stands && !isFresh) await deps.hasten(organization)
  return stands && (isFound ? trust === 'always' : isFresh)
}

async function searchByEmail({ person, client, canSeeConfidential, lane }: DuplicateQuestion): Promise<LeverOpportunity[]> {
  const found = new Map<string, LeverOpportunity>()
  for (const email of person.emails) {
    const query = {
      expand: ['applications', 'stage'] as const,
      ...(canSeeConfidential ? { confidentiality: 'all' as const } : {}),
      lane,
    }
    for (const opportunity of (await findOpportunitiesByEmail(client, email, query)) ?? []) {
      if (!opportunity.isAnonymized) found.set(opportunity.id, opportunity)
    }
  }
  return [...found.values()]
}

function isRecent(createdAt: string | null, withinMs: number): boolean {
  return createdAt !== null && Date.now() - Date.parse(createdAt) < withinMs
}

function newestFirst(duplicates: Duplicate[]): Duplicate[] {
  return duplicates.toSorted((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''))
}

/** Returns the duplicate that an export is linked to or stopped by: the newest that is not archived, otherwise the newest. */
export function mainDuplicate(duplicates: Duplicate[]): Duplicate | undefined {
  return duplicates.find(({ archived }) => archived === null) ?? duplicates[0]
}

/**
 * Returns duplicates as a reader with this clearance may see them. A sourcer learns only that confidential ones exist: they become one
 * entry, always the last, since their number and their place in the order would reveal more.
 */
export function duplicateViews(duplicates: readonly Duplicate[], clearance: Clearance): DuplicateView[] {
  if (clearance === 'all') return duplicates.map((one) => withPostings(one, () => true))
  const shown = duplicates.filter(({ confidential }) => !confidential).map((one) => withPostings(one, ({ isPublic }) => isPublic))
  return shown.length === duplicates.length ? shown : [...shown, CONFIDENTIAL_DUPLICATE]
}

function withPostings(duplicate: Duplicate, isShown: (posting: Duplicate['postings'][number]) => boolean): DuplicateView {
  return { ...duplicate, postings: duplicate.postings.filter(isShown).map(({ id, title }) => ({ id, title })) }
}

const CONFIDENTIAL_DUPLICATE: DuplicateView = {
  opportunityId: null,
  contactId: null,
  url: null,
  stage: null,
  archived: null,
  owner: null,
  postings: [],
  createdAt: null,
  confidential: true,
}
