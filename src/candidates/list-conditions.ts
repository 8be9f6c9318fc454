import type { QueryFilter, Types } from 'mongoose'
import type { Clearance } from '../accounts/clearance.ts'
import { isByName, literally, type IndexHint, type ListOrder } from '../paging.ts'
import type { CandidateDocument } from './candidate-model.ts'
import { IS_TEXT } from './find-by-any.ts'
import { searchForm } from './search-form.ts'
import { beginningOfTerm, keyOfBeginning, keyOfTerm, markOfTerm, searchTerms, textOfTerm } from './search-keys.ts'

export interface CandidateFilters {
  /**
   * The beginnings of words from the name, headline, tags, emails, phones or links, in any order. Accents and case are ignored. A phone
   * number may have any punctuation, with or without its country code.
   */
  q?: string | undefined
  exported?: boolean | undefined
  project?: string | undefined
  stage?: string | undefined
  /** The stage of the opportunity in Lever. Does not find confidential ones for a caller who may not see them. */
  leverStageId?: string | undefined
  externalId?: string | undefined
  /** When the candidate was last changed here, or its opportunity as far as the caller may see it. */
  updatedSince?: Date | undefined
}

export type Filter = QueryFilter<CandidateDocument>

/** A part of a list's filter. */
export interface Condition {
  /** Selects the candidates that meet it. */
  filter: Filter
  /** The index that finds them; null if there is none. */
  index: IndexHint | null
  /** Selects the same candidates without an index; by default `filter`. */
  check?: Filter
  /** Whether the index yields the candidates in the order of their ids. */
  isOrdered: boolean
  /** For the index of search keys: rules out most candidates that do not meet it. */
  mark?: string | null
  /** A broader filter, whose index yields the order of the list. */
  wider?: { filter: Filter; index: IndexHint } | undefined
}

export const BY_TIME: IndexHint = { organization: 1, _id: -1 }
export const BY_SEARCH_KEY: IndexHint = { organization: 1, searchKeys: 1, _id: 1, searchMark: 1 }
const BY_BEGINNING: IndexHint = { organization: 1, wordBeginnings: 1, name: 1, _id: 1 }
const BY_TEXT = {
  project: { organization: 1, project: 1, _id: 1 },
  stage: 'exactStage',
} as const satisfies Record<string, IndexHint>
const BY_EXTERNAL_ID: IndexHint = { organization: 1, externalId: 1 }
const BY_LEVER_STAGE: IndexHint = { organization: 1, 'lever.stage.id': 1, _id: 1 }
const BY_EXPORTED: IndexHint = { organization: 1, exported: 1, _id: 1 }

export interface ListSurroundings {
  order: ListOrder
  clearance: Clearance
  /** Without them, a search reads the texts of candidates one by one. */
  hasSearchKeys: boolean
  /** The ids of all candidates that changed since `updatedSince`, whether or not the caller may see the change; null if there are many. */
  changed: Types.ObjectId[] | null
}

export function conditionsOf(filters: CandidateFilters, { order, clearance, hasSearchKeys, changed }: ListSurroundings): Condition[] {
  const { q = '', exported, externalId, leverStageId, updatedSince } = filters
  const isOrdered = !isByName(order)
  const isText = (field: string, text: string, index: IndexHint): Condition => ({
    filter: { [field]: equal(text, order) },
    index,
    isOrdered,
  })
  return [
    ...(externalId === undefined
      ? []
      : [{ filter: { externalId: { ...equal(externalId, order), ...IS_TEXT } }, index: BY_EXTERNAL_ID, isOrdered }]),
    ...(updatedSince === undefined ? [] : [changedSince(updatedSince, changed, clearance)]),
    ...Object.entries(BY_TEXT).flatMap(([field, index]) => {
      const text = filters[field as keyof typeof BY_TEXT]
      return text === undefined ? [] : [isText(field, text, index)]
    }),
    ...(leverStageId === undefined ? [] : [isText('lever.stage.id', leverStageId, BY_LEVER_STAGE), ...notConfidential(clearance)]),
    ...(hasSearchKeys ? byLength(searchTerms(q)).map((term) => hasTerm(term, order)) : inTexts(q)),
    ...(exported === undefined ? [] : [{ filter: { exported }, index: BY_EXPORTED, isOrdered: true }]),
  ]
}

function unindexed(filter: Filter): Condition {
  return { filter, index: null, isOrdered: false }
}

const NOT_CONFIDENTIAL: Filter = { 'lever.confidential': { $ne: true } }

function notConfidential(clearance: Clearance): Condition[] {
  return clearance === 'all' ? [] : [unindexed(NOT_CONFIDENTIAL)]
}

/** Must match `updatedAt` in `candidateView`. */
function changedSince(since: Date, changed: Types.ObjectId[] | null, clearance: Clearance): Condition {
  const inLever = { leverChangedAt: { $gte: since }, ...(clearance === 'all' ? {} : NOT_CONFIDENTIAL) }
  const check: Filter = { $or: [{ updatedAt: { $gte: since } }, inLever] }
  return changed ? { filter: { _id: { $in: changed }, ...check }, index: BY_TIME, check, isOrdered: true } : unindexed(check)
}

/** Longer words are rarer. */
function byLength(terms: readonly string[]): string[] {
  return terms.toSorted((a, b) => b.length - a.length)
}

function hasTerm(term: string, order: ListOrder): Condition {
  const { key, isWhole } = keyOfTerm(term)
  const isOrdered = isWhole && !isByName(order)
  return {
    filter: { searchKeys: isOrdered ? key : { $regex: `^${literally(key)}` } },
    index: BY_SEARCH_KEY,
    check: { searchText: { $regex: textOfTerm(term) } },
    isOrdered,
    mark: markOfTerm(term),
    wider: isByName(order) ? widerByName(term) : widerByTime(term),
  }
}

function widerByTime(term: string): Condition['wider'] {
  const key = keyOfBeginning(term)
  return key === null ? undefined : { filter: { searchKeys: key }, index: BY_SEARCH_KEY }
}

function widerByName(term: string): Condition['wider'] {
  const beginning = beginningOfTerm(term)
  return beginning === null ? undefined : { filter: { wordBeginnings: beginning }, index: BY_BEGINNING }
}

/** Also finds parts of words in the texts that earlier versions stored: the name and emails. */
function inTexts(q: string): Condition[] {
  const words = searchForm(q).split(' ').filter((word) => word !== '') // prettier-ignore
  if (words.length === 0) return []
  const formerly = words.map((word) => ({ searchText: { $regex: literally(word) } }))
  const now = searchTerms(q).map((term) => ({ searchText: { $regex: textOfTerm(term) } }))
  return [unindexed({ $or: [{ $and: formerly }, { $and: now }] })]
}

/** Equality would ignore case and accents under the collation that sorts by name. */
function equal(text: string, order: ListOrder): { $eq: string } | { $regex: string } {
  return isByName(order) ? { $regex: String.raw`^${literally(text)}\z` } : { $eq: text }
}
