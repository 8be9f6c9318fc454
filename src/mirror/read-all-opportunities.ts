import { isStaleOffset, readOpportunityPage } from '../lever/opportunity-page.ts'
import { writeStep } from '../work/write-step.ts'
import { keepPage, type OpportunityRun } from './opportunity-run.ts'
import { OpportunitySyncModel, type FullReading } from './opportunity-sync-model.ts'
import { serverTime } from './server-time.ts'
import { cutSlice, endSlice, estimateTotal, isTooLong, notePage, restartSlice, takeSlice, type Slice } from './slice-plan.ts'
import { orAborted } from './stoppable.ts'

/** The number of slices read concurrently, so that slow responses do not leave the budget unused. */
const AT_ONCE = 6

/**
 * Reads every opportunity in slices of creation time. Lever orders the list by stage, so it changes during a long
 * read; slices can also be read concurrently. The plan is stored after every page, once the page's records are
 * durable, and another process can resume from it. An opportunity that changes stage in between may be seen twice or
 * not at all, so a sweep from the start time must follow.
 */
export async function readAllOpportunities(outer: OpportunityRun, full: FullReading): Promise<void> {
  const { plan } = full
  const failed = new AbortController()
  const run = { ...outer, signal: AbortSignal.any([outer.signal, failed.signal]) }
  const save = createSaver(run, full)
  const running = new Map<Slice, Promise<void>>()
  const start = (slice: Slice): void => {
    const reading = readSlice(run, full, slice, save).finally(() => running.delete(slice))
    reading.catch((error: unknown) => failed.abort(error)) // the other slices end as well
    running.set(slice, reading)
  }
  for (const slice of plan.slices) start(slice)
  try {
    for (;;) {
      while (running.size < AT_ONCE) {
        const slice = takeSlice(plan)
        if (!slice) break
        start(slice)
      }
      if (running.size === 0) return
      await Promise.race(running.values())
    }
  } finally {
    await Promise.allSettled(running.values())
  }
}

type Save = () => Promise<void>

/**
 * Writes the plan as it is at that moment, one write after another, so that an older state never replaces a newer
 * one.
 */
function createSaver(run: OpportunityRun, full: FullReading): Save {
  let last: Promise<void> = Promise.resolve()
  async function writeAfter(before: Promise<void>): Promise<void> {
    await before
    await writeStep(OpportunitySyncModel, run.claimed, { set: { full: structuredClone(full) } })
    await run.progress.tell(full.plan.read, estimateTotal(full.plan))
  }
  return () => {
    const write = writeAfter(last)
    last = write.catch(() => undefined)
    return write
  }
}

async function readSlice(run: OpportunityRun, { plan, confidential }: FullReading, slice: Slice, save: Save): Promise<void> {
  const seenMs: number[] = []
  for (;;) {
    const readAt = await serverTime()
    const page = await readPage(run, { slice, confidential })
    if (page === 'stale') {
      if (!restartSlice(plan, slice, seenMs)) throw new Error('Lever kept refusing the tokens of its own pages')
      await save()
      if (plan.slices.includes(slice)) continue
      return
    }
    await keepPage(run, page.opportunities, readAt)
    const createdAt = page.opportunities.map((one) => one.createdAt)
    notePage(plan, slice, page.next, createdAt)
    seenMs.push(...createdAt.flatMap((at) => at?.getTime() ?? []))
    const isOver = page.next === null
    if (isOver) endSlice(plan, slice)
    else if (isTooLong(plan, slice)) cutSlice(plan, slice, seenMs)
    await save()
    if (!plan.slices.includes(slice)) return
  }
}

async function readPage({ client, signal }: OpportunityRun, { slice, confidential }: { slice: Slice; confidential: boolean }) {
  const filters = {
    ...(slice.from > 0 ? { createdAtStart: slice.from } : {}),
    ...(slice.to === null ? {} : { createdAtEnd: slice.to }),
    confidential,
    lane: 'sync' as const,
  }
  try {
    return await orAborted(readOpportunityPage(client, filters, slice.cursor), signal)
  } catch (error) {
    if (slice.cursor !== null && isStaleOffset(error)) return 'stale'
    throw error
  }
}
