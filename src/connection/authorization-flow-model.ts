import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** One try to authorize: the start address, then the browser's way to Lever and back. */
const authorizationFlowSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    /** The admin for whom it was made, and who will have authorized. */
    userEmail: { type: String, required: true },
    /** Hash of the token in the start address. */
    startHash: { type: String, required: true },
    scopes: { type: [String], required: true },
    /** Set when the start address is opened: hashes of `state` and of the cookie that binds the browser, and the sealed PKCE verifier. */
    openedAt: Date,
    stateHash: String,
    browserHash: String,
    codeVerifier: String,
    /** Set when Lever came back with this `state`, whatever came of it. */
    usedAt: Date,
    /** Set when the grant was kept: the same return opened again says so. */
    connectedAt: Date,
    /** Of the start address, then of `state`. */
    expiresAt: { type: Date, required: true },
  },
  { timestamps: true, collection: 'authorization_flows' },
)
authorizationFlowSchema.index({ startHash: 1 }, { unique: true })
authorizationFlowSchema.index({ stateHash: 1 }, { unique: true, partialFilterExpression: { stateHash: { $exists: true } } })
authorizationFlowSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 86_400 }) // kept a while, to tell an expired one from an unknown one

export type AuthorizationFlowDocument = InferSchemaType<typeof authorizationFlowSchema> & { _id: Types.ObjectId }
export const AuthorizationFlowModel = model('AuthorizationFlow', authorizationFlowSchema)
