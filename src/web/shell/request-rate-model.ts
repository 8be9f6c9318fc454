import { model, Schema } from 'mongoose'

/** A caller's request rate. After `expiresAt` the bucket is full again and the document is deleted. */
const requestRateSchema = new Schema(
  {
    /** The caller, as `actorOf` names it. */
    _id: { type: String, required: true },
    /** When all spent tokens will be earned again, in ms since the epoch by the database's clock. */
    earnedAt: { type: Number, required: true },
    /** The answer to the last request for tokens and its time; the process that asked reads it back. */
    granted: { type: Number, required: true },
    now: { type: Number, required: true },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'request_rates', versionKey: false },
)
requestRateSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 60 })

export const RequestRateModel = model('RequestRate', requestRateSchema)
