import { model, Schema, type InferSchemaType } from 'mongoose'

const idempotencyKeySchema = new Schema(
  {
    /** Keyed fingerprint of the caller, its organization, the path and the key. */
    _id: { type: String, required: true },
    /** Unset for the operator. */
    organization: Schema.Types.ObjectId,
    /** Keyed fingerprint of the body. */
    fingerprint: { type: String, required: true },
    /** Id of the request that is working on it; a later request that takes over has a different one. */
    attempt: { type: String, required: true },
    /** The first request is assumed alive until then; null once it has answered. */
    leaseUntil: { type: Date, default: null },
    /** The first answer, once it is given. */
    answer: { status: Number, resultId: String, secret: String /* sealed */ },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'idempotency_keys' },
)
idempotencyKeySchema.index({ organization: 1, 'answer.resultId': 1 })
idempotencyKeySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type IdempotencyKeyDocument = InferSchemaType<typeof idempotencyKeySchema>
export const IdempotencyKeyModel = model('IdempotencyKey', idempotencyKeySchema)
