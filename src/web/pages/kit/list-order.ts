import { z } from 'zod'
import { isBackwards, LIST_ORDERS, type ListOrder } from '../../../paging.ts'
import type { SortHead } from './table.tsx'

/** The order of a list, from the query parameters. */
export const Sort = z.enum(LIST_ORDERS).default('-added')

/** The same of a list in which nothing has a name. */
export const SortByTime = z.enum(['-added', 'added']).default('-added')

/** Of a cursor in the address: it may hold a name. */
export const LONGEST_CURSOR = 2000

/** For an address or the hidden fields of a form; newest first need not be said. */
export function sortParameter(sort: ListOrder): { sort?: ListOrder } {
  return sort === '-added' ? {} : { sort }
}

/** What a column orders by: what the first click asks for, and what the next one turns it into. */
export const BY_NAME = ['name', '-name'] as const
export const BY_TIME = ['-added', 'added'] as const

/** The head of a column that orders the list; `address` leads to the list in another order than `now`. */
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
