import type { ListOrder } from '../../../paging.ts'
import { listAddress } from '../kit/list-query.ts'
import { usePage } from '../kit/page-context.ts'
import { SortField } from '../kit/sort-field.tsx'
import { peopleTexts } from './texts-people.ts'

/** More people than these are not seen at a glance. */
const FEW = 10

export interface PeopleSearchProps {
  href: string
  q: string
  /** Of a list that can be ordered. */
  sort?: ListOrder
  rows: number
  isPaged: boolean
}

/** Looks for people by name or e-mail, by an address that can be kept; not there for a handful. */
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
