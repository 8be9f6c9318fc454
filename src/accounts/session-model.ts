import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** How somebody has shown who they are. */
export const SIGN_IN_METHODS = ['link', 'password', 'openId', 'sample', 'setUp'] as const
export type SignInMethod = (typeof SIGN_IN_METHODS)[number]

const sessionSchema = new Schema(
  {
    tokenHash: { type: String, required: true },
    organization: { type: Schema.Types.ObjectId, required: true },
    person: { type: Schema.Types.ObjectId, required: true },
    /** Everybody of the same e-mail whom this sign-in has proven, `person` included: in these organizations they may go on without another. */
    reach: { type: [Schema.Types.ObjectId], required: true },
    by: { type: String, enum: SIGN_IN_METHODS, required: true },
    /** For a sign-in link that nobody confirmed with Continue: the path it led to. Another site may have opened such a link in this browser. */
    unaskedPath: { type: String },
    signedInAt: { type: Date, required: true },
    /** Known to the minute. */
    usedAt: { type: Date, required: true },
    /** Moves with use, up to `endsAt`. */
    expiresAt: { type: Date, required: true },
    /** Then the person signs in again, however busy. */
    endsAt: { type: Date, required: true },
  },
  { collection: 'sessions' },
)
sessionSchema.index({ tokenHash: 1 }, { unique: true })
sessionSchema.index({ organization: 1, person: 1 })
sessionSchema.index({ reach: 1 })
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export type SessionDocument = InferSchemaType<typeof sessionSchema> & { _id: Types.ObjectId }
export const SessionModel = model('Session', sessionSchema)
