import { isByName, NAME_COLLATION, type IndexHint, type ListOrder } from '../paging.ts'
import { CandidateModel } from './candidate-model.ts'
import { findFirstMarked, findMarked, hasMarks, MOST_MARKED } from './find-marked.ts'
import { BY_TIME, type Condition, type Filter } from './list-conditions.ts'

/** A query that reads a list quickly, regardless of the number of candidates and matches. */
export interface ListQuery {
  filter: Filter
  hint: IndexHint
  /** The index does not yield the list's order, so that all matching ids are sorted: at most `MOST_SORTED`. */
  isSorted: boolean
  /** Only the first candidates that match: if they do not fill the page, choose again without `rows`. */
  isBeginning?: boolean
}

/** Counting, reading and sorting these many takes less than 100 ms. */
const MOST_SORTED = 5000
/** Conditions beyond these are only checked. */
const MOST_COUNTED = 6

const BY_NAME: IndexHint = { organization: 1, name: 1, _id: 1 }

/**
 * Chooses the index that a list reads. MongoDB would choose an index by trial and reuse it for other values, and so might read all
 * candidates of an organization for a search that finds few.
 *
 * If few candidates meet one of the conditions, all of these are read. If many meet every condition, the list is read in order until a page
 * is full. `rows` is the number of rows to find on the first page; without it, the whole list can be read.
 */
export async function chooseIndex(
  organization: string,
  conditions: readonly Condition[],
  { order, rows }: { order: ListOrder; rows?: number | undefined },
): Promise<ListQuery> {
  const [only, ...others] = conditions
  if (only?.index && only.isOrdered && others.length === 0 && !isByName(order)) return through(organization, only, conditions)
  const among = (ids: readonly unknown[]) => through(organization, { filter: { _id: { $in: ids } } as Filter, index: BY_TIME }, conditions)
  let rarest = await findRarest(organization, conditions, { order, most: MOST_SORTED })
  if (rarest && hasMarks(conditions)) {
    const isCommon = rarest.count >= MOST_SORTED
    const first = isCommon && rows && !isByName(order) ? await findFirstMarked(organization, conditions, { rows, order, read: 2 * MOST_SORTED }) : null // prettier-ignore
    if (first) return { ...among(first), isBeginning: true }
    if (isCommon) rarest = await findRarest(organization, conditions, { order, most: MOST_MARKED })
    const marked = rarest && (await findMarked(organization, rarest, conditions, MOST_SORTED))
    if (marked) return { ...among(marked), isSorted: isByName(order) }
  }
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
