import type { ComponentChildren } from 'preact'
import { usePage } from './page-context.ts'
import { listTexts } from './texts-list.ts'

export interface TableProps {
  heads: readonly (string | SortHead)[]
  label: string
  children: ComponentChildren
}

/** A column that the list can be ordered by. */
export interface SortHead {
  text: string
  /** To the list in the order that a click asks for. */
  href: string
  /** Left out where the list is ordered by another column. */
  order: 'ascending' | 'descending' | undefined
}

/**
 * A table whose rows become cards where the page is narrow. The roles are said again, since browsers forget them with the
 * look of a table. `heads` name the columns; an empty one is for buttons; those that order the list stay in sight on cards too.
 */
export function Table({ heads, label, children }: TableProps) {
  const isSorted = heads.some((head) => typeof head !== 'string')
  const { sortBy } = listTexts(usePage().language)
  return (
    <table class="stack" role="table" aria-label={label}>
      <thead role="rowgroup" class={isSorted ? 'sorts' : undefined} data-sort-by={isSorted ? sortBy : undefined}>
        <tr role="row">
          {heads.map((head) => (
            <ColumnHead key={typeof head === 'string' ? head : head.text} head={head} />
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  )
}

function ColumnHead({ head }: { head: string | SortHead }) {
  if (head === '') return <td role="cell" />
  if (typeof head === 'string') {
    return (
      <th role="columnheader" scope="col">
        {head}
      </th>
    )
  }
  return (
    <th role="columnheader" scope="col" class="sort" aria-sort={head.order}>
      <a href={head.href}>{head.text}</a>
    </th>
  )
}

export function Row({ children }: { children: ComponentChildren }) {
  return <tr role="row">{children}</tr>
}

/** What the row is about. `head` is the column's name, shown before it where the page is narrow, for what says nothing without. */
export function RowHead({ id, head, children }: { id?: string; head?: string; children: ComponentChildren }) {
  return (
    <th role="rowheader" scope="row" id={id} data-head={head}>
      {children}
    </th>
  )
}

/** `head` is the column's name, shown before the cell where the page is narrow. */
export function Cell({ head, children }: { head?: string; children: ComponentChildren }) {
  return (
    <td role="cell" data-head={head}>
      {children}
    </td>
  )
}
