import { isValidObjectId, type QueryFilter } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { page, type Page, type PageRequest } from '../paging.ts'
import { DUE_NOW } from '../work/work-fields.ts'
import { DELIVERY_STATUSES, DeliveryModel, type DeliveryDocument, type DeliveryStatus } from './delivery-model.ts'
import { deliveryView, type DeliveryView } from './delivery-view.ts'

const PAYLOAD_KEPT_MS = 30 * 24 * 3_600_000

export interface DeliveryFilters {
  event?: string | undefined
  status?: DeliveryStatus | undefined
  /** Received at this time or later. */
  from?: Date | undefined
  /** Received before this time. */
  to?: Date | undefined
}

/** Resolves to deliveries, newest first. */
export async function listDeliveries(organization: string, filters: DeliveryFilters, request: PageRequest): Promise<Page<DeliveryView>> {
  return page(DeliveryModel, matching(organization, filters), request, (delivery) => deliveryView(delivery))
}

export function matching(organization: string, { event, status, from, to }: DeliveryFilters): QueryFilter<DeliveryDocument> {
  const received = { ...(from === undefined ? {} : { $gte: from }), ...(to === undefined ? {} : { $lt: to }) }
  return {
    organization,
    ...(event === undefined ? {} : { event }),
    status: status ?? { $in: [...DELIVERY_STATUSES] }, // not the signatures of deliveries that were not kept
    ...(from === undefined && to === undefined ? {} : { receivedAt: received }),
  }
}

/** @throws ServiceError `not_found` */
export async function getDelivery(organization: string, id: string): Promise<DeliveryView> {
  return deliveryView(await findDelivery(organization, id))
}

/** Called when Lever accepts calls again: processes the deliveries that waited for that. */
export async function resumeWaiting(organization: string): Promise<void> {
  await DeliveryModel.updateMany({ organization, status: 'received' }, { $set: { dueAt: DUE_NOW } })
}

/**
 * Drops payloads older than 30 days, for a job. The deliveries stay, so that repeats are still recognized.
 * @returns how many were dropped
 */
export async function expirePayloads(): Promise<number> {
  const old = { receivedAt: { $lt: new Date(Date.now() - PAYLOAD_KEPT_MS) }, payload: { $exists: true } }
  return (await DeliveryModel.updateMany(old, { $unset: { payload: 1 } })).modifiedCount
}

/** @throws ServiceError `not_found` */
export async function findDelivery(organization: string, id: string): Promise<DeliveryDocument> {
  const found = isValidObjectId(id)
    ? await DeliveryModel.findOne({ _id: id, ...matching(organization, {}) }).lean<DeliveryDocument>()
    : null
  if (!found) throw new ServiceError('not_found', 'There is no such delivery.')
  return found
}
