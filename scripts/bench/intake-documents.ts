import { Types, type mongo } from 'mongoose'

export interface IncomingBody {
  id: string
  event: string
  token: string
  triggeredAt: number
  signature: string
  data: { opportunityId: string }
}

export const DURABLY = { w: 'majority', j: true } as const

const [ORGANIZATION, CONNECTION] = [new Types.ObjectId(), new Types.ObjectId()]

/** Returns the same fields as the service stores. */
export function deliveryOf(body: IncomingBody, payload: string): mongo.Document {
  const { id, event, token, triggeredAt, signature, data } = body
  return {
    organization: ORGANIZATION, connection: CONNECTION, event, token, leverId: id, triggeredAt: new Date(triggeredAt), receivedAt: new Date(),
    opportunityId: data.opportunityId, status: 'received', attempts: 0, tries: [], effects: [], error: null, payload, signatureKey: signature, dueAt: new Date(0), lane: 0, fence: 0, leaseUntil: null,
    claim: null,
  } // prettier-ignore
}
