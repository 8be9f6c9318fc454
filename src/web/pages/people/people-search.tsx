import type { ListOrder } from '../../../paging.ts'
import { listAddress } from '../kit/list-query.ts'
import { usePage } from '../kit/page-context.ts'
import { SortField } from '../kit/sort-field.tsx'
import { peopleTexts } from './texts-people.ts'

/** A longer list cannot be scanned at a glance. */
const FEW = 10

export interface PeopleSearchProps {
  href: string
  q: string
  /** The order, for a list that can be sorted. */
  sort?: ListOrder
  rows: number
  isPaged: boolean
}

/** Searches people by name or email, at an address that can be bookmarked; not shown for a few people. */
export function PeopleSearch({ href, q, sort = '-added', rows, isPaged }: PeopleSearchProps) {
  const t = peopleTexts(usePage().language)
  if (q === '' && rows <= FEW && !isPaged) return null
  return (
    <form action={href} method="get" role="search" class="card">
      <fieldset role="group">
        <input type="search" name="q" value={q} aria-label={t.searchFor} placeholder={t.searchFor} maxlength={200} />
        <SortField sort={sort} />
        <button type="submit">{t.search}</button>
      </fieldset>
      {q === '' ? null : <a href={listAddress(href, { q: '', sort })}>{t.showAll}</a>}
      {rows > 0 ? null : <p>{t.nothingFound(q)}</p>}
    </form>
  )
}
