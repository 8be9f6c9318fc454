import type { PipelineStage } from 'mongoose'
import { retryUpsert } from '../duplicate-key.ts'
import { leaseSlots, type LeasedSlots, type Reservation } from './leased-slots.ts'
import { createGate, type Gate } from './request-gate.ts'
import { LeverBudgetModel } from './request-budget-model.ts'
import { describeStage, intervalMs, pauseStages, takeStages, type BudgetRate } from './request-budget-stages.ts'

/** The purpose of a request: a person, a webhook's re-read or a note that is due, a bulk export, or a sync. The last two are background. */
export type Lane = 'interactive' | 'webhook' | 'bulk' | 'sync'

/** Lanes that share a queue, with the turns that each gets relative to the others. */
const FOREGROUND = { interactive: 8, webhook: 2 } as const
const BACKGROUND = { bulk: 4, sync: 1 } as const

export interface BudgetDescription {
  perSecond: number
  burst: number
  /** Requests that could be sent at once. */
  available: number
  pausedUntil: Date | null
  usedLastHour: number
  /** 429 and 503 answers in the last hour. */
  throttled: number
  /** The last hour, oldest first; minutes without a request are left out. */
  minutes: { at: Date; used: number; throttled: number }[]
}

export interface RequestBudget {
  /**
   * Resolves when a request may be sent. Within this process, a lane is first come, first served; interactive requests go before webhooks
   * and bulk before sync, but none waits forever.
   * @throws the signal's reason when aborted, MongoDB's error when the budget cannot be read
   */
  take(fingerprint: string, lane: Lane, signal?: AbortSignal): Promise<void>
  /** Stops all requests with this credential for `ms`, in every process; then continues at the steady rate, without a burst. */
  pause(fingerprint: string, ms: number): Promise<void>
  describe(fingerprint: string): Promise<BudgetDescription>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * The budget of each Lever credential, shared by all processes: GCRA in one MongoDB document, with the server as the clock. Lever's API
 * documentation: 10 requests a second with bursts to 20, per API key or token, and 429 above.
 *
 * One atomic update reserves slots, and the process sleeps until they are due, so that waiting needs no polling. The foreground reserves
 * one at a time, so that the most urgent request at that moment gets it. The background reserves a few at once if the burst is spent and
 * many wait, so that a bulk export does not query the database for each request. No process can reserve far ahead.
 */
export function createRequestBudget(rate: BudgetRate): RequestBudget {
  const gates = new Map<string, { gate: Gate<Lane>; slots: LeasedSlots }>()

  function gateFor(fingerprint: string, background: boolean): Gate<Lane> {
    const key = gateKey(fingerprint, background)
    const known = gates.get(key)
    if (known) return known.gate
    const weights: Partial<Record<Lane, number>> = background ? BACKGROUND : FOREGROUND
    const slots = leaseSlots({
      reserve: (atMost) => reserve(fingerprint, rate, { background, atMost }),
      readPauses: async () => (await LeverBudgetModel.findById(fingerprint, { pauses: 1 }).lean())?.pauses,
      intervalMs: intervalMs(rate),
    })
    const gate = createGate<Lane>({ open: (waiting) => slots.next(background ? waiting : 1), weights, onEmpty: () => gates.delete(key) })
    gates.set(key, { gate, slots })
    return gate
  }

  return {
    take: (fingerprint, lane, signal) => gateFor(fingerprint, lane in BACKGROUND).enter(lane, signal),
    async pause(fingerprint, ms) {
      await updateBudget(fingerprint, pauseStages(rate, ms))
      for (const background of [false, true]) gates.get(gateKey(fingerprint, background))?.slots.distrust()
    },
    async describe(fingerprint) {
      const [found] = await LeverBudgetModel.aggregate<Described>([{ $match: { _id: fingerprint } }, describeStage(rate)])
      return toDescription(rate, found)
    },
  }
}

function gateKey(fingerprint: string, background: boolean): string {
  return `${background} ${fingerprint}`
}

/** Resolves to the budgets of all credentials used within the last hour, the latest first and at most `atMost`, by fingerprint. */
export async function describeBudgets(rate: BudgetRate, atMost: number): Promise<(BudgetDescription & { fingerprint: string })[]> {
  const found = await LeverBudgetModel.aggregate<Described & { _id: string }>([
    { $match: { $expr: { $gt: ['$touchedAt', { $subtract: ['$$NOW', HOUR_MS] }] } } },
    { $sort: { touchedAt: -1 } },
    { $limit: atMost },
    describeStage(rate),
  ])
  return found.map((one) => ({ fingerprint: one._id, ...toDescription(rate, one) }))
}

function toDescription(rate: BudgetRate, found: Described | undefined): BudgetDescription {
  const minutes = found?.minutes ?? []
  return {
    perSecond: rate.requestsPerSecond,
    burst: rate.burst,
    available: found?.available ?? rate.burst,
    pausedUntil: found?.pausedUntil ?? null,
    usedLastHour: minutes.reduce((sum, { used }) => sum + used, 0),
    throttled: minutes.reduce((sum, { throttled }) => sum + throttled, 0),
    minutes: minutes.map(({ minute, used, throttled }) => ({ at: new Date(minute * MINUTE_MS), used, throttled })),
  }
}

interface StoredBudget {
  slot: number
  granted: number
  touchedAt: Date
  pauses: number
}

interface Described {
  available: number
  pausedUntil: Date | null
  minutes: { minute: number; used: number; throttled: number }[]
}

async function reserve(fingerprint: string, rate: BudgetRate, wish: { background: boolean; atMost: number }): Promise<Reservation> {
  const { slot, granted, touchedAt, pauses } = await updateBudget(fingerprint, takeStages(rate, wish))
  return { waitMs: Math.max(0, slot - touchedAt.getTime()), count: granted, pauses }
}

async function updateBudget(fingerprint: string, stages: PipelineStage.Set[]): Promise<StoredBudget> {
  const options = { upsert: true, returnDocument: 'after', updatePipeline: true, writeConcern: { w: 1 } } as const
  return retryUpsert(() => LeverBudgetModel.findOneAndUpdate({ _id: fingerprint }, stages, options).orFail().lean<StoredBudget>())
}
