/** Settings that the control interface can change while the sandbox runs. Durations are in ms. */
import { z } from 'zod'
import { LeverEventName } from './account/records.ts'
import { AnswersChange, answersOf, type Answers, type AnswerSet } from './answers.ts'

const duration = z.number().int().min(0)

/** A move of the whole API: `url` is its new `…/v1`. */
const Moved = z.strictObject({ url: z.url(), status: z.literal([301, 302, 307, 308]) })

/** A change: omitted fields keep their value. `eventGroups` are the switches of the settings page. */
export const SettingsChange = z.strictObject({
  accessTokenLifeMs: duration.min(1).optional(),
  searchLagMs: duration.optional(),
  latencyMs: duration.optional(),
  rateLimit: z
    .strictObject({
      enabled: z.boolean().optional(),
      perSecond: z.number().positive().optional(),
      burst: z.number().int().positive().optional(),
    })
    .optional(),
  retryDelaysMs: z.array(duration).max(5).optional(),
  deliveryTimeoutMs: duration.min(1).optional(),
  eventGroups: z.partialRecord(LeverEventName, z.boolean()).optional(),
  clockOffsetMs: z.number().int().optional(),
  answers: AnswersChange.optional(),
  movedTo: Moved.nullable().optional(),
})
export type SettingsChange = z.infer<typeof SettingsChange>

export interface Settings {
  accessTokenLifeMs: number
  /** opportunities created or changed more recently are missing from lists */
  searchLagMs: number
  /** added to every answer */
  latencyMs: number
  rateLimit: { enabled: boolean; perSecond: number; burst: number }
  /** one retry for each */
  retryDelaysMs: number[]
  deliveryTimeoutMs: number
  clockOffsetMs: number
  /** the answers where Lever's behavior is unknown */
  answers: Answers
  /** null: the API has not moved */
  movedTo: z.infer<typeof Moved> | null
}

/** Lever's published limits (10 per second, bursts to 20, tokens valid for an hour, five retries); delays and timeout are assumed. */
export function defaultSettings(answers: AnswerSet): Settings {
  return {
    accessTokenLifeMs: 3_600_000,
    searchLagMs: 0,
    latencyMs: 0,
    rateLimit: { enabled: true, perSecond: 10, burst: 20 },
    retryDelaysMs: [10_000, 60_000, 300_000, 1_800_000, 7_200_000],
    deliveryTimeoutMs: 10_000,
    clockOffsetMs: 0,
    answers: answersOf(answers),
    movedTo: null,
  }
}
