/** A span of creation times, including both ends, in ms since the epoch. 0 has no lower limit, null no upper limit. */
export interface Span {
  from: number
  to: number | null
}

/** A span that is being read page by page. */
export interface Slice extends Span {
  /** The cursor of its next page; null for the first. */
  cursor: string | null
  pages: number
  read: number
  /** How many times it restarted because Lever refused its cursor. */
  restarts: number
  /** True if it determines the width of the next ones. */
  isProbe: boolean
}

/** The progress of reading all opportunities, stored between pages, so that reading resumes after a kill. */
export interface SlicePlan {
  /** When it began. Calculations use it as the end of a span without an upper limit. Lever's clock may be ahead of it. */
  startedAt: number
  /** Spans that have not been started, oldest first. */
  gaps: Span[]
  slices: Slice[]
  /** The width of the next slice; null for everything. */
  widthMs: number | null
  /** True while that width is untested: one slice at a time tests it. */
  isProbing: boolean
  /** The number of opportunities in completed slices, each slice counted once. */
  read: number
  /** The oldest creation time seen. */
  oldestAt: number | null
}

/**
 * The target number of opportunities in a slice: large enough that few pages are half empty, small enough that page
 * tokens do not expire.
 */
const AIM = 1200
/** A slice with more pages is cut. The first slice, of unknown size, is cut sooner. */
const MOST_PAGES = 25
const MOST_PAGES_OF_FIRST = 5
/** The maximum factor by which the width changes from one slice to the next. */
const STEP = 8
const MOST_RESTARTS = 5
/**
 * After a slice was too long, the next one aims at this share of what was seen of it, because the rest of the slice
 * may hold up to a hundred times more.
 */
const CUT = 0.01

export function newPlan(startedAt: Date): SlicePlan {
  return {
    startedAt: startedAt.getTime(),
    gaps: [{ from: 0, to: null }],
    slices: [],
    widthMs: null,
    isProbing: false,
    read: 0,
    oldestAt: null,
  }
}

export function isDone({ gaps, slices }: SlicePlan): boolean {
  return gaps.length === 0 && slices.length === 0
}

/**
 * Begins the next slice, newest first. The first one covers everything, so that a small account costs no extra call.
 * Returns null if no slice can begin now.
 */
export function takeSlice(plan: SlicePlan): Slice | null {
  if (plan.isProbing && plan.slices.some(({ isProbe }) => isProbe)) return null
  const gap = plan.gaps.pop()
  if (!gap) return null
  const from = plan.widthMs === null ? gap.from : Math.max(gap.from, endOf(plan, gap) - plan.widthMs + 1)
  if (from > gap.from) plan.gaps.push({ from: gap.from, to: from - 1 })
  const slice = { from, to: gap.to, cursor: null, pages: 0, read: 0, restarts: 0, isProbe: plan.isProbing }
  plan.slices.push(slice)
  return slice
}

/** Records a page of a slice. `createdAt` lists the creation times of the opportunities on it. */
export function notePage(plan: SlicePlan, slice: Slice, next: string | null, createdAt: readonly (Date | null)[]): void {
  slice.cursor = next
  slice.pages += 1
  slice.read += createdAt.length
  plan.read += createdAt.length
  for (const at of createdAt) if (at !== null) plan.oldestAt = Math.min(plan.oldestAt ?? Infinity, at.getTime())
}

/** Ends a slice that was read completely, and adjusts the width of the next one to its content. */
export function endSlice(plan: SlicePlan, slice: Slice): void {
  plan.slices = plan.slices.filter((other) => other !== slice)
  if (plan.widthMs === null || (plan.isProbing && !slice.isProbe)) return
  const widthMs = endOf(plan, slice) - slice.from + 1
  const wanted = slice.read === 0 ? widthMs * STEP : (widthMs * AIM) / slice.read
  plan.widthMs = Math.round(Math.max(1, widthMs / STEP, Math.min(wanted, widthMs * STEP)))
  plan.isProbing = slice.read < AIM / STEP
}

export function isTooLong(plan: SlicePlan, slice: Slice): boolean {
  return isDivisible(plan, slice) && slice.pages >= (plan.widthMs === null ? MOST_PAGES_OF_FIRST : MOST_PAGES)
}

/**
 * Puts a slice that was too long back into the plan, to be read in narrower ones. `seenMs` are creation times seen in
 * it.
 */
export function cutSlice(plan: SlicePlan, slice: Slice, seenMs: readonly number[]): void {
  plan.slices = plan.slices.filter((other) => other !== slice)
  plan.gaps = [...plan.gaps, { from: slice.from, to: slice.to }].toSorted((a, b) => a.from - b.from)
  plan.read -= slice.read
  plan.isProbing = true
  const end = endOf(plan, slice)
  const newestFirst = seenMs.toSorted((a, b) => b - a)
  const share = newestFirst[Math.floor(newestFirst.length * CUT)]
  plan.widthMs = Math.max(1, share === undefined ? Math.floor((end - slice.from + 1) / STEP) : end - Math.max(share, slice.from))
}

/**
 * Handles a refused cursor: the slice is cut, or restarts if it cannot be cut.
 * @returns false if that has happened too often
 */
export function restartSlice(plan: SlicePlan, slice: Slice, seenMs: readonly number[]): boolean {
  if (isDivisible(plan, slice)) {
    cutSlice(plan, slice, seenMs)
    return true
  }
  plan.read -= slice.read
  Object.assign(slice, { cursor: null, pages: 0, read: 0, restarts: slice.restarts + 1 })
  return slice.restarts <= MOST_RESTARTS
}

/**
 * Estimates the total number of opportunities from the number in the time span read so far. Returns null while there
 * is no basis for it: the account is read in one slice, or its age is unknown.
 */
export function estimateTotal(plan: SlicePlan): number | null {
  if (isDone(plan)) return plan.read
  const { startedAt, oldestAt, widthMs, read, gaps, slices } = plan
  const ended = read - slices.reduce((sum, slice) => sum + slice.read, 0)
  if (widthMs === null || oldestAt === null || ended === 0) return null
  const within = (span: Span): number => Math.max(0, endOf(plan, span) - Math.max(span.from, oldestAt) + 1)
  const openMs = [...gaps, ...slices].reduce((sum, span) => sum + within(span), 0)
  const endedMs = Math.max(1, startedAt - oldestAt + 1 - openMs)
  return Math.max(read, Math.round(ended + (openMs * ended) / endedMs))
}

function isDivisible(plan: SlicePlan, span: Span): boolean {
  return endOf(plan, span) > span.from
}

function endOf({ startedAt }: SlicePlan, { to }: Span): number {
  return to ?? startedAt
}
