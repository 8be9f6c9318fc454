import { Types } from 'mongoose'
import { isBackwards, type ListOrder } from '../paging.ts'
import { CandidateModel } from './candidate-model.ts'
import { BY_SEARCH_KEY, type Condition, type Filter } from './list-conditions.ts'
import { withMarks } from './search-keys.ts'

/** How many marks are read to rule out candidates that lack one of several words. */
export const MOST_MARKED = 40_000
/** Reading fewer candidates takes no longer than reading their marks. */
const FEWEST_MARKED = 500
/** Of candidates that may match, almost all do. */
const SPARE = 2

interface Counted {
  condition: Condition
  count: number
}

/** True if a search has several words that marks can tell apart. */
export function hasMarks(conditions: readonly Condition[]): boolean {
  return conditions.filter(({ mark }) => mark).length > 1
}

/** Returns all candidates that may have all words of a search. Null if there are `most` or more, or if reading marks saves no time. */
export async function findMarked(
  organization: string,
  { condition, count }: Counted,
  all: readonly Condition[],
  most: number,
): Promise<Types.ObjectId[] | null> {
  const marks = marksBeside(condition, all)
  if (condition.index !== BY_SEARCH_KEY || marks === null || count < FEWEST_MARKED || count >= MOST_MARKED) return null
  const found = await readMarked({ organization, filter: condition.filter, marks }, { read: MOST_MARKED, most })
  return found.length < most ? found : null
}

/**
 * Returns the first candidates of the list that may have all words of a search, several times `rows` if the words often occur together. Null
 * if fewer are found.
 */
export async function findFirstMarked(
  organization: string,
  all: readonly Condition[],
  { rows, order, read }: { rows: number; order: ListOrder; read: number },
): Promise<Types.ObjectId[] | null> {
  const condition = all.find(({ mark, wider }) => mark && wider)
  const marks = condition ? marksBeside(condition, all) : null
  if (!condition?.wider || marks === null) return null
  const found = await readMarked({ organization, filter: condition.wider.filter, marks }, { read, most: SPARE * rows, order })
  return found.length >= rows ? found : null
}

function marksBeside(condition: Condition, all: readonly Condition[]): string | null {
  return withMarks(all.flatMap((other) => (other === condition ? [] : (other.mark ?? []))))
}

async function readMarked(
  { organization, filter, marks }: { organization: string; filter: Filter; marks: string },
  { read, most, order }: { read: number; most: number; order?: ListOrder },
): Promise<Types.ObjectId[]> {
  const found = await CandidateModel.aggregate<{ _id: Types.ObjectId }>(
    [
      { $match: { organization: new Types.ObjectId(organization), ...filter } },
      ...(order ? [{ $sort: { _id: isBackwards(order) ? -1 : 1 } } as const] : []),
      { $limit: read }, // also keeps MongoDB from checking the marks where it would read the candidates
      { $match: { searchMark: { $regex: marks } } },
      { $limit: most },
      { $project: { _id: 1 } },
    ],
    { hint: BY_SEARCH_KEY },
  )
  return found.map(({ _id }) => _id)
}
