import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** One attempt to authorize, from the start address through Lever and back. */
const authorizationFlowSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    /** The admin for whom it was created, and who authorizes. */
    userEmail: { type: String, required: true },
    /** The hash of the token in the start address. */
    startHash: { type: String, required: true },
    scopes: { type: [String], required: true },
    /**
     * Set when the start address is opened, with hashes of `state` and of the cookie that binds the browser, and the
     * sealed PKCE verifier.
     */
    openedAt: Date,
    stateHash: String,
    browserHash: String,
    codeVerifier: String,
    /** Set when Lever returned this `state`, whatever the result. */
    usedAt: Date,
    /** Set when the grant was stored. If the same return is opened again, it reports success. */
    connectedAt: Date,
    /** The expiry of the start address, and later of `state`. */
    expiresAt: { type: Date, required: true },
  },
  { timestamps: true, collection: 'authorization_flows' },
)
authorizationFlowSchema.index({ startHash: 1 }, { unique: true })
authorizationFlowSchema.index({ stateHash: 1 }, { unique: true, partialFilterExpression: { stateHash: { $exists: true } } })
authorizationFlowSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 86_400 }) // a day, to distinguish expired from unknown

export type AuthorizationFlowDocument = InferSchemaType<typeof authorizationFlowSchema> & { _id: Types.ObjectId }
export const AuthorizationFlowModel = model('AuthorizationFlow', authorizationFlowSchema)
