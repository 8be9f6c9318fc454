import { isValidObjectId, type QueryFilter } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { page, type Page, type PageRequest } from '../paging.ts'
import { AT_ONCE } from './at-once.ts'
import { DeliveryModel, type DeliveryDocument, type DeliveryStatus } from './delivery-model.ts'
import { deliveryView, type DeliveryView } from './delivery-view.ts'

const PAYLOAD_KEPT_MS = 30 * 24 * 3_600_000

export interface DeliveryFilters {
  event?: string | undefined
  status?: DeliveryStatus | undefined
}

/** Deliveries, newest first. */
export async function listDeliveries(organization: string, filters: DeliveryFilters, request: PageRequest): Promise<Page<DeliveryView>> {
  const filter: QueryFilter<DeliveryDocument> = {
    organization,
    ...(filters.event === undefined ? {} : { event: filters.event }),
    ...(filters.status === undefined ? {} : { status: filters.status }),
  }
  return page(DeliveryModel, filter, request, (delivery) => deliveryView(delivery))
}

/** @throws ServiceError `not_found` */
export async function getDelivery(organization: string, id: string): Promise<DeliveryView> {
  return deliveryView(await findDelivery(organization, id))
}

/**
 * Has a delivery processed once more: its opportunity is read from Lever again, so nothing is doubled.
 * @throws ServiceError `not_found`, `payload_expired`, `state_conflict` for one that is held
 */
export async function replayDelivery(organization: string, id: string): Promise<DeliveryView> {
  const delivery = await findDelivery(organization, id)
  if (delivery.status === 'held') {
    throw new ServiceError('state_conflict', 'The delivery is held: its signature could not be checked yet.', {
      hint: 'Save the signature token of its event; it is checked and processed then.',
    })
  }
  const again = {
    status: 'received',
    attempts: 0,
    error: null,
    openedAt: new Date(),
    dueAt: AT_ONCE,
    claim: null,
    leaseUntil: null,
  } as const
  const replayed = await DeliveryModel.findOneAndUpdate(
    { _id: delivery._id, status: delivery.status, payload: { $exists: true } },
    { $set: again },
    { returnDocument: 'after' },
  ).lean<DeliveryDocument>()
  if (replayed) return deliveryView(replayed)
  if ((await findDelivery(organization, id)).payload !== undefined) return replayDelivery(organization, id)
  throw new ServiceError('payload_expired', 'The payload of this delivery has expired.', { hint: 'Payloads are kept for 30 days.' })
}

/** Lever can be called again: what waited for it is processed now. */
export async function resumeWaiting(organization: string): Promise<void> {
  await DeliveryModel.updateMany({ organization, status: 'received' }, { $set: { dueAt: AT_ONCE } })
}

/** Drops payloads older than 30 days; the deliveries stay, so that a repeat is still known. For a job. @returns how many */
export async function expirePayloads(): Promise<number> {
  const old = { receivedAt: { $lt: new Date(Date.now() - PAYLOAD_KEPT_MS) }, payload: { $exists: true } }
  return (await DeliveryModel.updateMany(old, { $unset: { payload: 1 } })).modifiedCount
}

async function findDelivery(organization: string, id: string): Promise<DeliveryDocument> {
  const found = isValidObjectId(id) ? await DeliveryModel.findOne({ _id: id, organization }).lean<DeliveryDocument>() : null
  if (!found) throw new ServiceError('not_found', 'There is no such delivery.')
  return found
}
