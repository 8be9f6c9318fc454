import { model, Schema, type InferSchemaType } from 'mongoose'

const idempotencyKeySchema = new Schema(
  {
    /** Keyed fingerprint of the caller and its organization, the path and the key. */
    _id: { type: String, required: true },
    /** Unset for the operator. */
    organization: Schema.Types.ObjectId,
    /** Keyed fingerprint of the body. */
    fingerprint: { type: String, required: true },
    /** Of the request that works on it; a later one that takes over has another. */
    attempt: { type: String, required: true },
    /** Until then the first request is taken to be alive; null once it has answered. */
    leaseUntil: { type: Date, default: null },
    /** Of the first answer, once given. */
    answer: { status: Number, resultId: String, secret: String /* sealed */ },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'idempotency_keys' },
)
idempotencyKeySchema.index({ organization: 1, 'answer.resultId': 1 })
idempotencyKeySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type IdempotencyKeyDocument = InferSchemaType<typeof idempotencyKeySchema>
export const IdempotencyKeyModel = model('IdempotencyKey', idempotencyKeySchema)
