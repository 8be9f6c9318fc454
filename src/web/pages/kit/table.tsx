import type { ComponentChildren } from 'preact'
import { usePage } from './page-context.ts'
import { listTexts } from './texts-list.ts'

export interface TableProps {
  heads: readonly (string | SortHead)[]
  label: string
  children: ComponentChildren
}

/** A column that the list can be sorted by. */
export interface SortHead {
  text: string
  /** Address of the list in the order that a click requests. */
  href: string
  /** Omitted if the list is sorted by another column. */
  order: 'ascending' | 'descending' | undefined
}

/**
 * A table whose rows become cards on a narrow page. Roles are repeated, since browsers drop them when a table is not displayed as one.
 * `heads` name the columns; an empty one is for buttons. Sortable heads stay visible on cards.
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

/** The row's subject. `head` is the column's name, shown before it on a narrow page, for content that needs it. */
export function RowHead({ id, head, children }: { id?: string; head?: string; children: ComponentChildren }) {
  return (
    <th role="rowheader" scope="row" id={id} data-head={head}>
      {children}
    </th>
  )
}

/** `head` is the column's name, shown before the cell on a narrow page. */
export function Cell({ head, children }: { head?: string; children: ComponentChildren }) {
  return (
    <td role="cell" data-head={head}>
      {children}
    </td>
  )
}
