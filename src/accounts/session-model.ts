import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

const sessionSchema = new Schema(
  {
    tokenHash: { type: String, required: true },
    organization: { type: Schema.Types.ObjectId, required: true },
    person: { type: Schema.Types.ObjectId, required: true },
    /** Moves with use, up to `endsAt`. */
    expiresAt: { type: Date, required: true },
    /** Then the person signs in again, however busy. */
    endsAt: { type: Date, required: true },
  },
  { timestamps: true, collection: 'sessions' },
)
sessionSchema.index({ tokenHash: 1 }, { unique: true })
sessionSchema.index({ organization: 1, person: 1 })
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type SessionDocument = InferSchemaType<typeof sessionSchema> & { _id: Types.ObjectId }
export const SessionModel = model('Session', sessionSchema)
