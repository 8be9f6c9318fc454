import type { AnyBulkWriteOperation } from 'mongodb'
import { areDuplicateKeys } from '../duplicate-key.ts'
import { allEndpointKeys } from '../connection/find-connection.ts'
import { forEachDocument, type StepContext } from '../schema/schema-step.ts'
import { signatureKeyOf } from './accepted-signatures.ts'
import { DeliveryModel, type DeliveryDocument } from './delivery-model.ts'
import { splitSignature } from './webhook-body.ts'

const AT_A_TIME = 500

type OldDelivery = Pick<DeliveryDocument, '_id' | 'organization' | 'connection' | 'payload'>

/**
 * Gives deliveries from earlier versions the key of their signature and removes the signature from their payload. Deliveries without a
 * payload are older than any signature that is accepted. May be repeated.
 * @returns how many were changed
 */
export async function adoptOldDeliveries(context: StepContext): Promise<number> {
  const endpointKeys = await allEndpointKeys()
  const old = DeliveryModel.find({ payload: { $exists: true }, signatureKey: { $exists: false }, status: { $ne: 'held' } })
    .select('organization connection payload')
    .sort({ receivedAt: 1 })
    .lean<OldDelivery[]>()
    .cursor({ batchSize: AT_A_TIME })
  let adopted = 0
  let writes: AnyBulkWriteOperation[] = []
  const flush = async (): Promise<void> => {
    if (writes.length > 0) adopted += await write(writes)
    writes = []
  }
  await forEachDocument(context, 'deliveries', old, async (delivery) => {
    if (writes.length >= AT_A_TIME) await flush()
    const endpointKey = endpointKeys.get(String(delivery.connection))
    if (endpointKey !== undefined) writes.push(...adoption(delivery, { endpointKey }))
  })
  await flush()
  return adopted
}

/** Cleans the payload separately: another delivery with the same signature may already hold the key. */
function adoption({ _id, organization, payload }: OldDelivery, endpoint: { endpointKey: string }): AnyBulkWriteOperation[] {
  if (!payload) return []
  const body: unknown = JSON.parse(payload)
  const signatureKey = signatureKeyOf(endpoint, body)
  if (signatureKey === null) return []
  const filter = { _id, organization, payload } as object
  const cleaned = splitSignature(body).payload
  return [
    { updateOne: { filter, update: { $set: { payload: cleaned } } } },
    { updateOne: { filter: { _id, organization, signatureKey: { $exists: false } }, update: { $set: { signatureKey } } } },
  ]
}

/** A duplicate means that an earlier version accepted the same signature twice: the first copy has the key. */
async function write(writes: AnyBulkWriteOperation[]): Promise<number> {
  try {
    return (await DeliveryModel.collection.bulkWrite(writes, { ordered: false })).modifiedCount
  } catch (error) {
    if (!areDuplicateKeys(error)) throw error
    return (error as { result?: { modifiedCount?: number } }).result?.modifiedCount ?? 0
  }
}
