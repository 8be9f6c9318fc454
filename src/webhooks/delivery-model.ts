import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'

export const DELIVERY_STATUSES = ['held', 'received', 'processed', 'ignored', 'failed'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

const deliverySchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    connection: { type: Schema.Types.ObjectId, required: true },
    event: { type: String, required: true },
    /** Lever's random `token` of the event: a repeat carries the same. */
    token: { type: String, required: true },
    leverId: String,
    triggeredAt: { type: Date, required: true },
    receivedAt: { type: Date, required: true },
    opportunityId: String,
    /** When it was last replayed. */
    openedAt: Date,
    status: { type: String, enum: DELIVERY_STATUSES, required: true },
    attempts: { type: Number, default: 0 },
    error: { type: new Schema({ code: String, detail: String }, { _id: false }), default: null },
    /** The body as JSON text, so that no name in it can be more than text; unset after 30 days, while the key below stays: a repeat is still known. */
    payload: String,
    expiresAt: Date, // held ones only
  },
  { collection: 'deliveries', minimize: false },
)
deliverySchema.index({ connection: 1, event: 1, token: 1 }, { unique: true }) // a repeat finds its first copy
deliverySchema.index({ status: 1, lane: 1, dueAt: 1 })
deliverySchema.index({ organization: 1, _id: -1 })
deliverySchema.index({ connection: 1, event: 1, _id: 1 }, { name: 'held', partialFilterExpression: { status: 'held' } })
deliverySchema.index({ organization: 1, opportunityId: 1 }, { partialFilterExpression: { payload: { $exists: true } } })
deliverySchema.index({ receivedAt: 1 }, { name: 'payloads', partialFilterExpression: { payload: { $exists: true } } })
deliverySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type DeliveryDocument = InferSchemaType<typeof deliverySchema> & { _id: Types.ObjectId }
export const DeliveryModel = model('Delivery', deliverySchema)
