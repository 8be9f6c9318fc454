/** To the first page of a list and to the next, where there are such. */
export function ListLinks({ href, cursor, nextCursor, first, more }: ListLinksProps) {
  if (cursor === undefined && nextCursor === null) return null
  return (
    <p class="actions">
      {cursor === undefined ? null : <a href={href}>{first}</a>}
      {nextCursor === null ? null : <a href={`${href}?cursor=${encodeURIComponent(nextCursor)}`}>{more}</a>}
    </p>
  )
}

export interface ListLinksProps {
  href: string
  cursor: string | undefined
  nextCursor: string | null
  first: string
  more: string
}
