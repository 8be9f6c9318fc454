import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** Longer than an Idempotency-Key lives, because a repeated request may ask for the link again. */
const KEPT_AFTER_EXPIRY_S = 90_000

const signInLinkSchema = new Schema(
  {
    tokenHash: { type: String, required: true },
    organization: { type: Schema.Types.ObjectId, required: true },
    person: { type: Schema.Types.ObjectId, required: true },
    path: { type: String, required: true },
    expiresAt: { type: Date, required: true },
    usedAt: { type: Date, default: null },
    /** The creator, in the form of `actorOf`; absent in older links. */
    madeBy: String,
  },
  { timestamps: true, collection: 'sign_in_links' },
)
signInLinkSchema.index({ tokenHash: 1 }, { unique: true })
signInLinkSchema.index({ organization: 1, person: 1 })
signInLinkSchema.index({ organization: 1, madeBy: 1 })
signInLinkSchema.index({ expiresAt: 1 }, { expireAfterSeconds: KEPT_AFTER_EXPIRY_S }) // a used link still names its account, for the limit on sign-ins

export type SignInLinkDocument = InferSchemaType<typeof signInLinkSchema> & { _id: Types.ObjectId; createdAt: Date }
export const SignInLinkModel = model('SignInLink', signInLinkSchema)
