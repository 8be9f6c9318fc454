import { Types } from 'mongoose'
import { isByName, NAME_COLLATION, type IndexHint, type ListOrder } from '../paging.ts'
import { CandidateModel } from './candidate-model.ts'
import { BY_SEARCH_KEY, BY_TIME, type Condition, type Filter } from './list-conditions.ts'
import { withMarks } from './search-keys.ts'

/** How to read a list, whatever the number of candidates and of those that match. */
export interface ListQuery {
  filter: Filter
  hint: IndexHint
  /** The index does not yield the list's order, so that all matching ids are sorted: at most `MOST_SORTED`. */
  isSorted: boolean
}

/** Reading these many candidates takes less than 100 ms. */
const MOST_SORTED = 10_000
/** If a search has several words, the marks in the index rule out most candidates without reading them. */
const MOST_MARKED = 40_000
const FEWEST_MARKED = 500
/** Conditions beyond these are only checked. */
const MOST_COUNTED = 6

const BY_NAME: IndexHint = { organization: 1, name: 1, _id: 1 }

/**
 * Chooses the index that a list reads. MongoDB would choose by trying, remember the choice for other values, and read all candidates of an
 * organization for a search that finds few.
 *
 * A condition that few candidates meet is read whole. If many meet each of them, the list is read in its order, until a page is full.
 */
export async function chooseIndex(organization: string, conditions: readonly Condition[], order: ListOrder): Promise<ListQuery> {
  const [only, ...others] = conditions
  if (only?.index && only.isOrdered && others.length === 0 && !isByName(order)) return through(organization, only, conditions)
  const isMarked = conditions.filter(({ mark }) => mark).length > 1
  const rarest = await findRarest(organization, conditions, { order, most: isMarked ? MOST_MARKED : MOST_SORTED })
  const marked = rarest && isMarked ? await findMarked(organization, rarest, conditions) : null
  if (marked)
    return { ...through(organization, { filter: { _id: { $in: marked } }, index: BY_TIME }, conditions), isSorted: isByName(order) }
  if (rarest && rarest.count < MOST_SORTED) {
    const query = through(organization, rarest.condition, conditions)
    return { ...query, isSorted: isByName(order) || !rarest.condition.isOrdered }
  }
  const wider = rarest?.condition.wider ?? conditions.find((condition) => condition.wider)?.wider
  if (rarest?.condition.isOrdered && !isByName(order)) return through(organization, rarest.condition, conditions)
  if (wider) return through(organization, wider, conditions)
  return inOrder(organization, isByName(order) ? BY_NAME : BY_TIME, conditions)
}

interface Counted {
  condition: Condition
  count: number
}

/**
 * Reads the marks in the index of search keys, and returns the candidates that may have all words of a search. Null if they are many, or if
 * reading them is quick without.
 */
async function findMarked(
  organization: string,
  { condition, count }: Counted,
  all: readonly Condition[],
): Promise<Types.ObjectId[] | null> {
  const marks = withMarks(all.flatMap((other) => (other === condition ? [] : (other.mark ?? []))))
  if (condition.index !== BY_SEARCH_KEY || marks === null || count < FEWEST_MARKED || count >= MOST_MARKED) return null
  const found = await CandidateModel.aggregate<{ _id: Types.ObjectId }>(
    [
      { $match: { organization: new Types.ObjectId(organization), ...condition.filter } },
      { $limit: MOST_MARKED }, // keeps MongoDB from moving the next condition to where it reads candidates
      { $match: { searchMark: { $regex: marks } } },
      { $limit: MOST_SORTED },
      { $project: { _id: 1 } },
    ],
    { hint: BY_SEARCH_KEY },
  )
  return found.length < MOST_SORTED ? found.map(({ _id }) => _id) : null
}

async function findRarest(
  organization: string,
  conditions: readonly Condition[],
  how: { order: ListOrder; most: number },
): Promise<Counted | null> {
  const counted = conditions.filter(({ index }) => index).slice(0, MOST_COUNTED)
  const counts = await Promise.all(
    counted.map(async (condition) => ({ condition, count: await countAtMost(organization, condition, how) })),
  )
  return counts.toSorted((a, b) => a.count - b.count)[0] ?? null
}

async function countAtMost(
  organization: string,
  { filter, index }: Condition,
  { order, most }: { order: ListOrder; most: number },
): Promise<number> {
  return CandidateModel.countDocuments(
    { organization, ...filter },
    { limit: most, ...(index ? { hint: index } : {}), ...(isByName(order) ? { collation: NAME_COLLATION } : {}) },
  )
}

/** Reads the condition's index, and checks the other conditions, and this one if it was widened. */
function through(organization: string, { filter, index }: Pick<Condition, 'filter' | 'index'>, all: readonly Condition[]): ListQuery {
  const others = all.filter((condition) => condition.filter !== filter)
  const conditions = [{ organization }, filter, ...others.map(checkOf)]
  return { filter: { $and: conditions }, hint: index ?? BY_TIME, isSorted: false }
}

function inOrder(organization: string, hint: IndexHint, all: readonly Condition[]): ListQuery {
  return { filter: { $and: [{ organization }, ...all.map(checkOf)] }, hint, isSorted: false }
}

function checkOf({ check, filter }: Condition): Filter {
  return check ?? filter
}
