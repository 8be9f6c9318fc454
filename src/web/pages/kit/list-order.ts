import { z } from 'zod'
import { isBackwards, LIST_ORDERS, type ListOrder } from '../../../paging.ts'
import type { SortHead } from './table.tsx'

/** The order of a list, from the query parameters. */
export const Sort = z.enum(LIST_ORDERS).default('-added')

/** Like {@link Sort}, for a list without names. */
export const SortByTime = z.enum(['-added', 'added']).default('-added')

/** Returns the parameter for an address or a form's hidden fields; empty for newest first, the default. */
export function sortParameter(sort: ListOrder): { sort?: ListOrder } {
  return sort === '-added' ? {} : { sort }
}

/** The order of a column on the first click, and on the next. */
export const BY_NAME = ['name', '-name'] as const
export const BY_TIME = ['-added', 'added'] as const

/** Returns the head of a sortable column; `address` returns the list's address in another order than `now`. */
export function sortHead<S extends ListOrder>(
  text: string,
  [first, other]: readonly [S, S],
  now: S,
  address: (sort: S) => string,
): SortHead {
  const isBy = now === first || now === other
  return {
    text,
    href: address(now === first ? other : first),
    order: isBy ? (isBackwards(now) ? 'descending' : 'ascending') : undefined,
  }
}
