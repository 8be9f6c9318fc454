import { model, Schema, type InferSchemaType } from 'mongoose'

/** `held`: the delivery was held, and did not match the signature token that was saved later. */
export const REFUSAL_CAUSES = ['mismatch', 'missing', 'outdated', 'held'] as const
export type RefusalCause = (typeof REFUSAL_CAUSES)[number]

/** Refusals kept for each connection and event. */
export const REFUSALS_KEPT = 20

/** The latest refused deliveries of one connection and event. Nothing of their bodies is stored. */
const refusalSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    connection: { type: Schema.Types.ObjectId, required: true },
    /** One of the eight events, or `other`. */
    event: { type: String, required: true },
    /** Oldest first, at most `REFUSALS_KEPT`. */
    last: [
      new Schema({ at: { type: Date, required: true }, cause: { type: String, enum: REFUSAL_CAUSES, required: true } }, { _id: false }),
    ],
    /** 30 days after the latest refusal. */
    expiresAt: { type: Date, required: true },
  },
  { collection: 'webhook_refusals' },
)
refusalSchema.index({ organization: 1, connection: 1, event: 1 }, { unique: true }) // one document each, so that a flood stays small
refusalSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type RefusalDocument = InferSchemaType<typeof refusalSchema>
export const RefusalModel = model('WebhookRefusal', refusalSchema)
