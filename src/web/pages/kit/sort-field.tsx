import type { ListOrder } from '../../../paging.ts'

/** Keeps the order when a form is sent. */
export function SortField({ sort }: { sort: ListOrder }) {
  return sort === '-added' ? null : <input type="hidden" name="sort" value={sort} />
}
