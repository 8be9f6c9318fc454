import type { ListOrder } from '../../../paging.ts'

/** Carries the list's sort order along when a form is sent. */
export function SortField({ sort }: { sort: ListOrder }) {
  return sort === '-added' ? null : <input type="hidden" name="sort" value={sort} />
}
