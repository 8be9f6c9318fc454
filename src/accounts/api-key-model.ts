import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

const apiKeySchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, required: true },
    keyHash: { type: String, required: true },
    /** To tell keys apart on a page. */
    lastFour: { type: String, required: true },
    /** Known to the minute. */
    lastUsedAt: { type: Date, default: null },
  },
  { timestamps: true, collection: 'api_keys' },
)
apiKeySchema.index({ keyHash: 1 }, { unique: true })
apiKeySchema.index({ organization: 1, _id: -1 })

export type ApiKeyDocument = InferSchemaType<typeof apiKeySchema> & { _id: Types.ObjectId; createdAt: Date }
export const ApiKeyModel = model('ApiKey', apiKeySchema)
