import { z } from 'zod'
import { LeverCallError } from './lever-call-error.ts'

/** Lever's API documentation: `next` is absent on the last page; some lists give `data` alone (recorded answer). */
const Page = z.object({
  data: z.array(z.unknown()),
  hasNext: z.boolean().catch(false),
  next: z.string().nullable().catch(null),
})

export interface PageWalk<S extends z.ZodType> {
  call: string
  item: S
  readPage: (offset: string | undefined, schema: typeof Page) => Promise<z.output<typeof Page>>
  onSkipped: (count: number) => void
}

/**
 * Walks a list page by page. Lever's `next` looks percent-encoded (recorded answer) and goes back as the ordinary parameter it is.
 * Lever orders opportunities by stage, so one that moves meanwhile can come twice or not at all: follow a full walk with an increment.
 * @throws LeverCallError `unreadable` when a token comes a second time, or there should be more but no token: the walk would never end, or
 * end as if it were complete
 */
export async function* walkPages<S extends z.ZodType>({ call, item, readPage, onSkipped }: PageWalk<S>): AsyncGenerator<z.output<S>> {
  const seen = new Set<string>()
  let offset: string | undefined
  do {
    const page = await readPage(offset, Page)
    const items = page.data.map((one) => item.safeParse(one))
    const skipped = items.filter(({ success }) => !success).length
    if (skipped > 0) onSkipped(skipped)
    for (const one of items) if (one.success) yield one.data
    offset = nextOffset(page, seen, call)
  } while (offset !== undefined)
}

function nextOffset({ hasNext, next }: z.output<typeof Page>, seen: Set<string>, call: string): string | undefined {
  if (!hasNext) return undefined
  if (!next) throw broken(call, 'a further page was announced without a token')
  if (seen.has(next)) throw broken(call, 'a page token came a second time')
  seen.add(next)
  return next
}

function broken(call: string, reason: string): LeverCallError {
  return new LeverCallError({ kind: 'unreadable', call, httpStatus: 200, cause: new Error(reason) })
}
