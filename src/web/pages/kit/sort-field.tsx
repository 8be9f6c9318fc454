import type { ListOrder } from '../../../paging.ts'

/** Keeps the order over a form. */
export function SortField({ sort }: { sort: ListOrder }) {
  return sort === '-added' ? null : <input type="hidden" name="sort" value={sort} />
}
