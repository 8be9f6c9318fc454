import type { ListOrder } from '../../../paging.ts'
import { sortParameter } from '../kit/list-order.ts'
import { usePage } from '../kit/page-context.ts'
import { SortField } from '../kit/sort-field.tsx'
import { candidatesTexts } from './texts-candidates.ts'

/** The visible part of the list and its order, kept in the address, so that a reload or a link shows the same. */
export interface CandidatesQuery {
  /** Empty for all. */
  q: string
  project?: string | undefined
  exported?: boolean | undefined
  sort: ListOrder
  cursor?: string | undefined
}

export function listAddress({ q, project, exported, sort, cursor }: CandidatesQuery, path = '/candidates'): string {
  const parameters = new URLSearchParams({
    ...(q === '' ? {} : { q }),
    ...(project === undefined ? {} : { project }),
    ...(exported === undefined ? {} : { exported: String(exported) }),
    ...sortParameter(sort),
    ...(cursor === undefined ? {} : { cursor }),
  }).toString()
  return parameters === '' ? path : `${path}?${parameters}`
}

export function CandidatesSearch({ query }: { query: CandidatesQuery }) {
  const { q, project, exported, sort } = query
  const t = candidatesTexts(usePage().language)
  return (
    <search>
      <form action="/candidates" method="get" class="toolbar">
        <input type="search" name="q" value={q} aria-label={t.searchFor} placeholder={t.searchFor} maxlength={200} />
        <select name="exported" aria-label={t.whichOnes}>
          <option value="">{t.everybody}</option>
          <option value="false" selected={exported === false}>
            {t.notExported}
          </option>
          <option value="true" selected={exported === true}>
            {t.onlyExported}
          </option>
        </select>
        {project === undefined ? null : <input type="hidden" name="project" value={project} />}
        <SortField sort={sort} />
        <button type="submit" class="quiet">
          {t.search}
        </button>
        {project === undefined ? null : (
          <span class="filter">
            {t.ofProject(project)} <a href={listAddress({ q, exported, sort })}>{t.allProjects}</a>
          </span>
        )}
      </form>
    </search>
  )
}
