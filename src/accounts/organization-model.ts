import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

const organizationSchema = new Schema(
  {
    name: { type: String, required: true },
    /** What an exported candidate's source reads in Lever. */
    sourceName: { type: String, required: true },
    /** Sealed; keys the fingerprints of e-mails and links, so that they outlive a retired `SECRET_KEYS` entry. */
    hashKey: { type: String, required: true },
  },
  { timestamps: true, collection: 'organizations' },
)

export type OrganizationDocument = InferSchemaType<typeof organizationSchema> & { _id: Types.ObjectId; createdAt: Date }
export const OrganizationModel = model('Organization', organizationSchema)
