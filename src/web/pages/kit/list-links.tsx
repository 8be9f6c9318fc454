import type { ListOrder } from '../../../paging.ts'
import { listAddress } from './list-query.ts'

export interface ListLinksProps {
  href: string
  /** The search text, for a list with search. */
  q?: string
  /** The order, for a list that can be sorted. */
  sort?: ListOrder
  cursor: string | undefined
  nextCursor: string | null
  first: string
  more: string
}

/** Links to the first and the next page of a list, if there are any. */
export function ListLinks({ href, q = '', sort, cursor, nextCursor, first, more }: ListLinksProps) {
  if (cursor === undefined && nextCursor === null) return null
  return (
    <p class="actions">
      {cursor === undefined ? null : <a href={listAddress(href, { q, sort })}>{first}</a>}
      {nextCursor === null ? null : <a href={listAddress(href, { q, sort, cursor: nextCursor })}>{more}</a>}
    </p>
  )
}
