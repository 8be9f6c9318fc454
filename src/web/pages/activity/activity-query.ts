import { z } from 'zod'
import type { DeliveryFilters } from '../../../webhooks/deliveries.ts'
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../../webhooks/delivery-model.ts'
import { REPLAYABLE, type ReplayableStatus } from '../../../webhooks/replay.ts'

/** An empty field sets no filter. */
function orEmpty<S extends z.ZodType>(schema: S) {
  return z.union([z.literal('').transform(() => undefined), schema]).optional()
}

/** The value of a browser's date-and-time field; read as UTC, which is how exact times are shown. */
const minute = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/)
  .refine((text) => !Number.isNaN(Date.parse(`${text}Z`)))

/** A filter of deliveries, as a form sends it. */
export const DeliveryChoice = z.object({
  event: orEmpty(z.string().max(100)),
  status: orEmpty(z.enum(DELIVERY_STATUSES)),
  from: orEmpty(minute),
  to: orEmpty(minute),
})
export type DeliveryChoice = z.output<typeof DeliveryChoice>

const cursor = z.string().max(200).optional()

const word = orEmpty(z.string().trim().max(320))
const day = orEmpty(z.iso.date())

/** A filter of the audit trail. */
export const AuditChoice = z.object({
  /** An email address or an id. */
  actor: word,
  action: word,
  /** Calendar dates in UTC; the second is included. */
  auditFrom: day,
  auditTo: day,
})
export type AuditChoice = z.output<typeof AuditChoice>

/** Selects the deliveries and the part of the audit trail to show. */
export const ActivityQuery = z.object({
  ...DeliveryChoice.shape,
  /** The cursors of the two lists. */
  deliveries: cursor,
  audit: cursor,
  ...AuditChoice.shape,
})
export type ActivityQuery = z.output<typeof ActivityQuery>

export function activityAddress(query: Partial<ActivityQuery>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const parameters = new URLSearchParams(given).toString()
  return parameters === '' ? '/activity' : `/activity?${parameters}`
}

/** Returns the part of a query that filters the audit trail. */
export function auditChoiceOf(query: AuditChoice): AuditChoice {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  return AuditChoice.parse(Object.fromEntries(given))
}

/** Returns the part of a query that filters deliveries. */
export function choiceOf(query: DeliveryChoice): DeliveryChoice {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  return DeliveryChoice.parse(Object.fromEntries(given))
}

export function filtersOf(choice: DeliveryChoice): DeliveryFilters {
  return { event: choice.event, status: choice.status, from: instantOf(choice.from), to: instantOf(choice.to) }
}

export function isReplayable(wanted: DeliveryStatus | undefined): wanted is ReplayableStatus | undefined {
  return wanted === undefined || (REPLAYABLE as readonly string[]).includes(wanted)
}

function instantOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(`${text}Z`)
}

const DAY_MS = 24 * 3_600_000

/** Converts two calendar dates into a range of instants that includes both days. */
export function timesOf({ auditFrom, auditTo }: AuditChoice): { from: Date | undefined; to: Date | undefined } {
  return {
    from: auditFrom === undefined ? undefined : new Date(auditFrom),
    to: auditTo === undefined ? undefined : new Date(Date.parse(auditTo) + DAY_MS),
  }
}
