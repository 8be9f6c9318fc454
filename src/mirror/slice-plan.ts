/** A span of creation times, both ends included, in ms since the epoch. From 0: however old; to null: however new. */
export interface Span {
  from: number
  to: number | null
}

/** A span that is being read, page by page. */
export interface Slice extends Span {
  /** What its next page is asked for with; null for the first. */
  cursor: string | null
  pages: number
  read: number
  /** How often it began anew since Lever refused its cursor. */
  restarts: number
  /** Shows how wide the next ones should be. */
  isProbe: boolean
}

/** How far a reading of all opportunities has come; kept as it is between pages, so that it goes on after a kill. */
export interface SlicePlan {
  /** When it began; stands for the open end. Lever's clock may be ahead of it. */
  startedAt: number
  /** Not begun yet, oldest first. */
  gaps: Span[]
  slices: Slice[]
  /** How wide the next slice is; null: all there is. */
  widthMs: number | null
  /** Whether that width suits is not known yet: one slice at a time finds out. */
  isProbing: boolean
  /** Opportunities read in slices, each slice once. */
  read: number
  /** The oldest creation time seen. */
  oldestAt: number | null
}

/** As many opportunities are aimed at in a slice: few half-empty last pages, and tokens of pages that do not grow old. */
const AIM = 1200
/** Beyond so many pages a slice is cut: the first, of which nothing is known, sooner. */
const MOST_PAGES = 25
const MOST_PAGES_OF_FIRST = 5
/** A slice grows or shrinks by at most so much after each. */
const STEP = 8
const MOST_RESTARTS = 5
/** The share of what was seen of a slice that is aimed at when it was too long: up to a hundred times more may be in it. */
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
 * Begins the next slice, newest first: all there is at first, so that a small account costs no call too many. Null when
 * there is none to begin now.
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

/** Notes a page of a slice; `createdAt` of what was on it. */
export function notePage(plan: SlicePlan, slice: Slice, next: string | null, createdAt: readonly (Date | null)[]): void {
  slice.cursor = next
  slice.pages += 1
  slice.read += createdAt.length
  plan.read += createdAt.length
  for (const at of createdAt) if (at !== null) plan.oldestAt = Math.min(plan.oldestAt ?? Infinity, at.getTime())
}

/** A slice was read to its end: the next is made as wide as suits what was found. */
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

/** Takes a slice back that was too long, to be read in narrower ones; `seenMs` are creation times seen in it. */
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
 * Lever no longer takes the cursor: the slice is cut, or begins anew where that cannot be.
 * @returns false when that has been so too often
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
 * How many opportunities there may be in all, judged by how many lie in the time that was read; null as long as nothing can be
 * said: of an account that is read in one slice, or how far back it goes.
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
