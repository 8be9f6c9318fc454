import type { PipelineStage } from 'mongoose'
import { retryUpsert } from '../duplicate-key.ts'
import { leaseSlots, type LeasedSlots, type Reservation } from './leased-slots.ts'
import { createGate, type Gate } from './request-gate.ts'
import { LeverBudgetModel } from './request-budget-model.ts'
import { describeStage, intervalMs, pauseStages, takeStages, type BudgetRate } from './request-budget-stages.ts'

/** Who waits: a person, a webhook's re-read or a note that is due, a bulk export, a sync. The latter two are background. */
export type Lane = 'interactive' | 'webhook' | 'bulk' | 'sync'

/** Who waits beside whom, and how many turns each has before another in the same line. */
const FOREGROUND = { interactive: 8, webhook: 2 } as const
const BACKGROUND = { bulk: 4, sync: 1 } as const

export interface BudgetDescription {
  perSecond: number
  burst: number
  /** Requests that could go out at once. */
  available: number
  pausedUntil: Date | null
  usedLastHour: number
  /** Answers 429 and 503 in the last hour. */
  throttled: number
  /** The last hour, oldest first; minutes without a request are left out. */
  minutes: { at: Date; used: number; throttled: number }[]
}

export interface RequestBudget {
  /**
   * Resolves when a request may go out. In this process first come, first served within a lane; what a person waits for goes before
   * webhooks, bulk before sync, none of them for ever.
   * @throws the signal's reason when aborted, MongoDB's error when the budget cannot be read
   */
  take(fingerprint: string, lane: Lane, signal?: AbortSignal): Promise<void>
  /** Nothing goes out under this credential for so long, in any process; then at the steady rate, without a burst. */
  pause(fingerprint: string, ms: number): Promise<void>
  describe(fingerprint: string): Promise<BudgetDescription>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * The budget of each Lever credential, shared by all processes: GCRA in one MongoDB document, with the server as the clock. Lever's API
 * documentation: 10 requests a second with bursts to 20, per API key or token, and 429 above.
 *
 * Slots are reserved by one atomic update and slept towards, so that waiting costs no polling: one at a time for a process's foreground, so that who
 * is most urgent by then gets it; and for its background a few at once where the burst is spent and many wait, so that in a bulk the database is not
 * asked for each request. No process can book the future for itself.
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

/** The budgets of all credentials used within the last hour, the latest first and at most `atMost`, by fingerprint. */
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

/** One atomic update. */
async function updateBudget(fingerprint: string, stages: PipelineStage.Set[]): Promise<StoredBudget> {
  const options = { upsert: true, returnDocument: 'after', updatePipeline: true, writeConcern: { w: 1 } } as const
  return retryUpsert(() => LeverBudgetModel.findOneAndUpdate({ _id: fingerprint }, stages, options).orFail().lean<StoredBudget>())
}
