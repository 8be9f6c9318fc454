import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** How a person proved their identity. */
export const SIGN_IN_METHODS = ['link', 'password', 'openId', 'sample', 'setUp'] as const
export type SignInMethod = (typeof SIGN_IN_METHODS)[number]

const sessionSchema = new Schema(
  {
    tokenHash: { type: String, required: true },
    organization: { type: Schema.Types.ObjectId, required: true },
    person: { type: Schema.Types.ObjectId, required: true },
    /**
     * Every person, in any organization, that this sign-in has proven, including `person`; all have the same email.
     * The session may switch to their organizations without a new sign-in.
     */
    reach: { type: [Schema.Types.ObjectId], required: true },
    by: { type: String, enum: SIGN_IN_METHODS, required: true },
    /**
     * The path of a sign-in link that nobody confirmed with Continue. Another site may have opened the link in this
     * browser.
     */
    unaskedPath: { type: String },
    signedInAt: { type: Date, required: true },
    /** Accurate to the minute. */
    usedAt: { type: Date, required: true },
    /** Moves with use, up to `endsAt`. */
    expiresAt: { type: Date, required: true },
    /** Then the person must sign in again, even if the session is in use. */
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
