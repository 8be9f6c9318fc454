import type { PipelineStage } from 'mongoose'

export interface BudgetRate {
  requestsPerSecond: number
  /** How many requests may go out at once after a rest. */
  burst: number
}

/** How much of the burst the background leaves to the foreground. */
const KEPT_FROM_BACKGROUND = 10
/** While the background waits, it gets at least one request in this many. */
const BACKGROUND_ONE_IN = 5
const MINUTES_KEPT = 60

const NOW_MS = { $toDouble: '$$NOW' }
const PAUSED_UNTIL_MS = { $toDouble: { $ifNull: ['$pausedUntil', new Date(0)] } }
const TAT = { $ifNull: ['$tat', 0] }
const THIS_MINUTE = { $floor: { $divide: [NOW_MS, 60_000] } }

type UpdateStage = PipelineStage.Set

/**
 * Reserves the next slots. `slot` is when the first may go out, ms since the epoch by the server's clock; `touchedAt` is the time now.
 * `granted` is the requested number if each slot has to wait for the one before. It is one if the burst is not spent, a pause is active, or
 * the background gets no more than its share.
 */
export function takeStages(rate: BudgetRate, { background, atMost }: { background: boolean; atMost: number }): UpdateStage[] {
  const steady = background ? behindForeground(rate) : slotWithin(rate, rate.burst)
  const slot = { $max: [NOW_MS, PAUSED_UNTIL_MS, background ? backgroundSlot(rate) : steady] }
  const waitsForOthers = { $and: [{ $gt: ['$slot', NOW_MS] }, { $eq: ['$slot', steady] }] }
  const granted = { $cond: [waitsForOthers, atMost, 1] }
  const last = { $add: ['$slot', { $multiply: [{ $subtract: ['$granted', 1] }, intervalMs(rate)] }] }
  return [
    { $set: { slot, pauses: { $ifNull: ['$pauses', 0] }, touchedAt: '$$NOW' } },
    { $set: { granted } },
    {
      $set: {
        minutes: countInMinute({ used: '$granted', throttled: 0 }),
        tat: { $add: [{ $max: [TAT, '$slot'] }, { $multiply: ['$granted', intervalMs(rate)] }] },
        ...(background ? { backgroundSlot: last } : {}),
      },
    },
  ]
}

/** The time at which all but `burst` requests are earned back. */
function slotWithin(rate: BudgetRate, burst: number): Record<string, unknown> {
  return { $subtract: [TAT, (burst - 1) * intervalMs(rate)] }
}

/** Behind the foreground, unless the background has waited for its share: then equal to it, but never beyond the burst. */
function backgroundSlot(rate: BudgetRate): Record<string, unknown> {
  const share = { $add: [{ $ifNull: ['$backgroundSlot', 0] }, BACKGROUND_ONE_IN * intervalMs(rate)] }
  return { $min: [behindForeground(rate), { $max: [share, slotWithin(rate, rate.burst)] }] }
}

function behindForeground(rate: BudgetRate): Record<string, unknown> {
  return slotWithin(rate, Math.max(1, rate.burst - KEPT_FROM_BACKGROUND))
}

/** Starts a pause, or extends the current one, and empties the burst, so that requests do not rush out when it ends. */
export function pauseStages(rate: BudgetRate, ms: number): UpdateStage[] {
  const burstSpent = { $add: [{ $toDouble: '$pausedUntil' }, (rate.burst - 1) * intervalMs(rate)] }
  return [
    {
      $set: {
        pausedUntil: { $max: ['$pausedUntil', { $add: ['$$NOW', Math.round(ms)] }] },
        pauses: { $add: [{ $ifNull: ['$pauses', 0] }, 1] },
        minutes: countInMinute({ used: 0, throttled: 1 }),
        touchedAt: '$$NOW',
      },
    },
    { $set: { tat: { $max: [TAT, burstSpent] } } },
  ]
}

/** Adds the current `available`, and keeps `pausedUntil` only while it is in the future. */
export function describeStage(rate: BudgetRate): PipelineStage {
  const spent = { $divide: [{ $subtract: [{ $max: [TAT, NOW_MS] }, NOW_MS] }, intervalMs(rate)] }
  const left = { $max: [0, { $floor: { $subtract: [rate.burst, spent] } }] }
  const paused = { $gt: [PAUSED_UNTIL_MS, NOW_MS] }
  return {
    $project: {
      available: { $cond: [paused, 0, left] },
      pausedUntil: { $cond: [paused, '$pausedUntil', null] },
      minutes: recentMinutes({ $gt: ['$$one.minute', { $subtract: [THIS_MINUTE, MINUTES_KEPT] }] }),
    },
  }
}

export function intervalMs({ requestsPerSecond }: BudgetRate): number {
  return 1000 / requestsPerSecond
}

function countInMinute(count: { used: number | '$granted'; throttled: number }): Record<string, unknown> {
  const same = recentMinutes({ $eq: ['$$one.minute', '$$minute'] })
  const others = recentMinutes({
    $and: [{ $gt: ['$$one.minute', { $subtract: ['$$minute', MINUTES_KEPT] }] }, { $ne: ['$$one.minute', '$$minute'] }],
  })
  const sum = (field: 'used' | 'throttled') => ({
    $add: [count[field], { $sum: { $map: { input: same, as: 'one', in: `$$one.${field}` } } }],
  })
  const current = { minute: '$$minute', used: sum('used'), throttled: sum('throttled') }
  return { $let: { vars: { minute: THIS_MINUTE }, in: { $concatArrays: [others, [current]] } } }
}

function recentMinutes(cond: Record<string, unknown>): Record<string, unknown> {
  return { $filter: { input: { $ifNull: ['$minutes', []] }, as: 'one', cond } }
}
