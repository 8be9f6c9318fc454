import { z } from 'zod'
import { DELIVERY_STATUSES } from '../../webhooks/delivery-model.ts'

const cursor = z.string().max(200).optional().catch(undefined)

/** Which deliveries and which part of the trail are shown; what makes no sense in an address is left out. */
export const ActivityQuery = z.object({
  event: z.string().min(1).max(100).optional().catch(undefined),
  status: z.enum(DELIVERY_STATUSES).optional().catch(undefined),
  /** Where each of the two lists goes on. */
  deliveries: cursor,
  audit: cursor,
})
export type ActivityQuery = z.output<typeof ActivityQuery>

export function activityAddress(query: ActivityQuery): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const parameters = new URLSearchParams(given).toString()
  return parameters === '' ? '/activity' : `/activity?${parameters}`
}
