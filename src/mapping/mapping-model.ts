import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

const mappingSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    /** The email of the person here, normalized. */
    userEmail: { type: String, required: true },
    leverUserId: { type: String, required: true },
    /** The user's email in Lever when the mapping was made. */
    leverEmail: { type: String, required: true },
    active: { type: Boolean, default: true },
  },
  { timestamps: true, collection: 'user_mappings' },
)
mappingSchema.index({ organization: 1, userEmail: 1 }, { unique: true })
mappingSchema.index({ organization: 1, leverUserId: 1 }, { unique: true })

export type MappingDocument = InferSchemaType<typeof mappingSchema> & { _id: Types.ObjectId }
export const MappingModel = model('Mapping', mappingSchema)
