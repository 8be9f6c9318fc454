import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

const organizationSchema = new Schema(
  {
    name: { type: String, required: true },
    /** What an exported candidate's source reads in Lever. */
    sourceName: { type: String, required: true },
    /** Sealed; keys the fingerprints of e-mails and links, and the audit trail, so that they outlive a retired `SECRET_KEYS` entry. */
    hashKey: { type: String, required: true },
    /** The audit trail is hashed with a key; part of what `hashKey` is sealed with. Unset in organizations from before. */
    keyedTrail: Boolean,
  },
  { timestamps: true, collection: 'organizations' },
)

export type OrganizationDocument = InferSchemaType<typeof organizationSchema> & { _id: Types.ObjectId; createdAt: Date }
export const OrganizationModel = model('Organization', organizationSchema)
