import type { ListOrder } from '../../../paging.ts'
import { listAddress } from './list-query.ts'

export interface ListLinksProps {
  href: string
  /** Of a list that is searched. */
  q?: string
  /** Of a list that can be ordered. */
  sort?: ListOrder
  cursor: string | undefined
  nextCursor: string | null
  first: string
  more: string
}

/** To the first page of a list and to the next, where there are such. */
export function ListLinks({ href, q = '', sort, cursor, nextCursor, first, more }: ListLinksProps) {
  if (cursor === undefined && nextCursor === null) return null
  return (
    <p class="actions">
      {cursor === undefined ? null : <a href={listAddress(href, { q, sort })}>{first}</a>}
      {nextCursor === null ? null : <a href={listAddress(href, { q, sort, cursor: nextCursor })}>{more}</a>}
    </p>
  )
}
