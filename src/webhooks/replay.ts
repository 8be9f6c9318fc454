import { Types, type QueryFilter } from 'mongoose'
import { z } from 'zod'
import { ServiceError } from '../errors.ts'
import { readCursor, writeCursor } from '../paging.ts'
import { DUE_NOW } from '../work/work-fields.ts'
import { findDelivery, matching, type DeliveryFilters } from './deliveries.ts'
import { DeliveryModel, ENDED, type DeliveryDocument } from './delivery-model.ts'
import { deliveryView, type DeliveryView } from './delivery-view.ts'

export const REPLAYABLE = ENDED
export type ReplayableStatus = (typeof REPLAYABLE)[number]

/** The id of the last delivery that was accepted. */
const Place = z.string().regex(/^[0-9a-f]{24}$/)

/** Maximum per call. */
export const MOST_AT_ONCE = 1000
/** Lower priority than new deliveries, since these are old. */
const LANE_OF_MANY = 1

export interface ReplayRange extends DeliveryFilters {
  status?: ReplayableStatus | undefined
  /** The end of the previous call. */
  cursor?: string | undefined
}

export interface Replayed {
  accepted: number
  /** Continues the replay; null if the range is complete. */
  nextCursor: string | null
}

/**
 * Processes a delivery again: it rereads the opportunity from Lever, so nothing is duplicated.
 * @throws ServiceError `not_found`, `payload_expired`, `state_conflict` if the delivery is held
 */
export async function replayDelivery(organization: string, id: string): Promise<DeliveryView> {
  const delivery = await findDelivery(organization, id)
  if (delivery.status === 'held') {
    throw new ServiceError('state_conflict', 'The delivery is held: its signature could not be checked yet.', {
      hint: 'Save the signature token of its event. The delivery is then checked and processed.',
    })
  }
  const unchanged = { _id: delivery._id, organization, status: delivery.status, payload: { $exists: true } }
  const replayed = await DeliveryModel.findOneAndUpdate(unchanged, { $set: again(0) }, { returnDocument: 'after' }).lean<DeliveryDocument>()
  if (replayed) return deliveryView(replayed)
  if ((await findDelivery(organization, id)).payload !== undefined) return replayDelivery(organization, id)
  throw new ServiceError('payload_expired', 'The payload of this delivery has expired.', { hint: 'Payloads are kept for 30 days.' })
}

/**
 * Processes all deliveries of a range again, oldest first, at most a thousand per call. Skips those that are held, already wait to be
 * processed, or whose payload has expired. May be repeated: each run reads Lever's current state.
 * @throws ServiceError `invalid_request` if the cursor is not ours
 */
export async function replayRange(organization: string, { cursor, ...filters }: ReplayRange): Promise<Replayed> {
  const after: QueryFilter<DeliveryDocument> = cursor === undefined ? {} : { _id: { $gt: new Types.ObjectId(readCursor(cursor, Place)) } }
  const replayable: QueryFilter<DeliveryDocument> = { status: { $in: [...REPLAYABLE] }, payload: { $exists: true } }
  const found = await DeliveryModel.find({ $and: [matching(organization, filters), replayable, after] }, { _id: 1 })
    .sort({ _id: 1 })
    .limit(MOST_AT_ONCE + 1)
    .lean()
  const taken = found.slice(0, MOST_AT_ONCE)
  const last = taken.at(-1)
  const ids = taken.map(({ _id }) => _id)
  const { modifiedCount } = await DeliveryModel.updateMany(
    { _id: { $in: ids }, organization, ...replayable },
    { $set: again(LANE_OF_MANY) },
  )
  return { accepted: modifiedCount, nextCursor: found.length > taken.length && last ? writeCursor(last._id.toHexString()) : null }
}

/** Returns the audit trail's subject of a replay: `deliveries:<how many>/<the filters, as a query>`, the latter only if there were any. */
export function subjectOf({ event, status, from, to }: ReplayRange, { accepted }: Replayed): string {
  const filters = Object.entries({ event, status, from: from?.toISOString(), to: to?.toISOString() })
  const given = filters.filter((filter): filter is [string, string] => filter[1] !== undefined)
  return [`deliveries:${accepted}`, ...(given.length === 0 ? [] : [new URLSearchParams(given).toString()])].join('/')
}

function again(lane: number) {
  return {
    status: 'received',
    attempts: 0,
    error: null,
    openedAt: new Date(),
    dueAt: DUE_NOW,
    lane,
    claim: null,
    leaseUntil: null,
  } as const
}
