import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** `read` allows only requests that change nothing: `GET` and the previews. */
export const API_KEY_ACCESS = ['full', 'read'] as const
export type ApiKeyAccess = (typeof API_KEY_ACCESS)[number]

const apiKeySchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, required: true },
    keyHash: { type: String, required: true },
    /** Distinguishes keys on the page. */
    lastFour: { type: String, required: true },
    /** Keys from before this field existed have full access and do not expire. */
    access: { type: String, enum: API_KEY_ACCESS, default: 'full' },
    expiresAt: { type: Date, default: null },
    /** The person who created the key, as recorded then; absent if a program or the operator created it. */
    madeBy: {
      type: new Schema(
        {
          person: { type: Schema.Types.ObjectId, required: true },
          email: { type: String, required: true },
          name: { type: String, required: true },
        },
        { _id: false },
      ),
    },
    /** Accurate to the minute. */
    lastUsedAt: { type: Date, default: null },
  },
  { timestamps: true, collection: 'api_keys' },
)
apiKeySchema.index({ keyHash: 1 }, { unique: true })
apiKeySchema.index({ organization: 1, _id: -1 })

export type ApiKeyDocument = InferSchemaType<typeof apiKeySchema> & { _id: Types.ObjectId; createdAt: Date }
export const ApiKeyModel = model('ApiKey', apiKeySchema)
