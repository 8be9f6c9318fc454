import { model, Schema } from 'mongoose'

/** How fast somebody asks. Full again and forgotten once `expiresAt` is over. */
const requestRateSchema = new Schema(
  {
    /** The caller, as `actorOf` names it. */
    _id: { type: String, required: true },
    /** When each request let through will have been earned again, ms since the epoch by the database's clock. */
    earnedAt: { type: Number, required: true },
    /** What the last question was answered with, and when; read back by the process that asked. */
    granted: { type: Number, required: true },
    now: { type: Number, required: true },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'request_rates', versionKey: false },
)
requestRateSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 60 })

export const RequestRateModel = model('RequestRate', requestRateSchema)
