import { z } from 'zod'
import type { ListOrder } from '../../../paging.ts'
import { LONGEST_CURSOR } from '../../../paging.ts'
import { Sort, sortParameter } from './list-order.ts'

/** The query parameters of a list. */
export const ListQuery = z.object({
  q: z.string().trim().max(200).default(''),
  cursor: z
    .string()
    .regex(/^[\w-]+$/)
    .max(LONGEST_CURSOR)
    .optional(),
})

/** Like {@link ListQuery}, for a list that can be sorted. */
export const SortedListQuery = ListQuery.extend({ sort: Sort })

interface ListPlace {
  q: string
  sort?: ListOrder | undefined
  cursor?: string | undefined
}

/** Returns the address of the list's current view: `/settings/people?q=ana`. */
export function listAddress(href: string, { q, sort = '-added', cursor }: ListPlace): string {
  const shown = { ...(q === '' ? {} : { q }), ...sortParameter(sort), ...(cursor === undefined ? {} : { cursor }) }
  const query = new URLSearchParams(shown).toString()
  return query === '' ? href : `${href}?${query}`
}
