import type { ComponentChildren } from 'preact'

/**
 * A table whose rows become cards where the page is narrow. The roles are said again, since browsers forget them with the
 * look of a table. `heads` name the columns; an empty one is for buttons.
 */
export function Table({ heads, label, children }: { heads: readonly string[]; label: string; children: ComponentChildren }) {
  return (
    <table class="stack" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {heads.map((head) =>
            head === '' ? (
              <td key="" role="cell" />
            ) : (
              <th key={head} role="columnheader" scope="col">
                {head}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  )
}

export function Row({ children }: { children: ComponentChildren }) {
  return <tr role="row">{children}</tr>
}

/** What the row is about. */
export function RowHead({ id, children }: { id?: string; children: ComponentChildren }) {
  return (
    <th role="rowheader" scope="row" id={id}>
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
