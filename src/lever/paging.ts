import { z } from 'zod'
import { LeverCallError } from './lever-call-error.ts'

/** A page of a list: its items as received, and the token of the next page. */
export interface LeverPage {
  items: unknown[]
  /** Null on the last page. */
  next: string | null
}

/** Pages have up to 100 items (Lever's API documentation); this allows for a list that is not paged. */
const MOST_ITEMS = 10_000
/** The tokens of a walk are stored and put into addresses; recorded ones have 70 characters. */
const LONGEST_TOKEN = 4000
/** A million items: more than any account has in one list. */
export const MOST_PAGES = 10_000

/**
 * Lever's API documentation: `next` is absent on the last page; some lists consist of `data` alone (recorded answer). A token without
 * `hasNext` means that there is more.
 */
const Page = z.object({
  data: z.custom<unknown[]>((data) => Array.isArray(data) && data.length <= MOST_ITEMS),
  hasNext: z.boolean().nullable().catch(null),
  next: z.string().min(1).nullable().catch(null),
})
export type ReadPage = typeof Page
export const PAGE: ReadPage = Page

/**
 * @throws LeverCallError `unreadable` if more pages are announced without a token, which would end the list as if it were complete, or if a
 * token is far too long
 */
export function pageFrom({ data, hasNext, next }: z.output<ReadPage>, call: string): LeverPage {
  if (hasNext === false) return { items: data, next: null }
  if (hasNext && !next) throw broken(call, 'another page was announced without a token')
  if (next !== null && next.length > LONGEST_TOKEN) throw broken(call, 'a page token is too long')
  return { items: data, next }
}

export interface PageWalk<S extends z.ZodType> {
  call: string
  item: S
  readPage: (offset: string | undefined) => Promise<LeverPage>
  onSkipped: (count: number) => void
}

/**
 * Walks a list page by page. Lever's `next` looks percent-encoded (recorded answer) and is sent back as an ordinary parameter. Lever orders
 * opportunities by stage, so one that moves during the walk can appear twice or not at all: follow a full walk with an increment.
 * @throws LeverCallError `unreadable` if a token repeats or there are too many pages: the walk would never end
 */
export async function* walkPages<S extends z.ZodType>({ call, item, readPage, onSkipped }: PageWalk<S>): AsyncGenerator<z.output<S>> {
  const seen = new Set<string>()
  let offset: string | undefined
  do {
    const page = await readPage(offset)
    const read = page.items.map((one) => item.safeParse(one))
    const skipped = read.filter(({ success }) => !success).length
    if (skipped > 0) onSkipped(skipped)
    for (const one of read) if (one.success) yield one.data
    if (page.next !== null && seen.has(page.next)) throw broken(call, 'a page token was repeated')
    if (seen.size >= MOST_PAGES) throw broken(call, `there are more than ${MOST_PAGES} pages`)
    offset = page.next ?? undefined
    if (offset !== undefined) seen.add(offset)
  } while (offset !== undefined)
}

function broken(call: string, reason: string): LeverCallError {
  return new LeverCallError({ kind: 'unreadable', call, httpStatus: 200, cause: new Error(reason) })
}

/** A page this small is not split further if it is slow: its size is not the cause. */
const SMALLEST_SLOW_PAGE = 25

/**
 * Requests a page again with half as many items while its answer is too large or, if no person waits for it (`patient`), too slow.
 * @returns the page and the size that worked
 */
export async function readInHalves(
  size: number,
  { patient }: { patient: boolean },
  read: (limit: number) => Promise<LeverPage>,
): Promise<{ page: LeverPage; size: number }> {
  for (let limit = size; ; limit = Math.ceil(limit / 2)) {
    try {
      return { page: await read(limit), size: limit }
    } catch (error) {
      if (limit === 1 || !(isTooLarge(error) || (patient && isTooSlow(error) && limit > SMALLEST_SLOW_PAGE))) throw error
    }
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof LeverCallError && error.kind === 'too_large'
}

function isTooSlow(error: unknown): boolean {
  return error instanceof LeverCallError && (error.kind === 'timeout' || error.httpStatus === 504)
}
