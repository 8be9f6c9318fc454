import { usePage } from './page-context.ts'
import { peopleTexts } from './texts-people.ts'

/** More people than these are not seen at a glance. */
const FEW = 10

/** Looks for people by name or e-mail, by an address that can be kept; not there for a handful. */
export function PeopleSearch({ href, q, rows, isPaged }: { href: string; q: string; rows: number; isPaged: boolean }) {
  const t = peopleTexts(usePage().language)
  if (q === '' && rows <= FEW && !isPaged) return null
  return (
    <form action={href} method="get" role="search" class="card">
      <fieldset role="group">
        <input type="search" name="q" value={q} aria-label={t.searchFor} placeholder={t.searchFor} maxlength={200} />
        <button type="submit">{t.search}</button>
      </fieldset>
      {q === '' ? null : <a href={href}>{t.showAll}</a>}
      {rows > 0 ? null : <p>{t.nothingFound(q)}</p>}
    </form>
  )
}
