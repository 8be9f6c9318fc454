import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

const organizationSchema = new Schema(
  {
    name: { type: String, required: true },
    /** The name of an exported candidate's source in Lever. */
    sourceName: { type: String, required: true },
    /**
     * Sealed. It keys the audit trail and the fingerprints of emails and links, so that these outlive a retired
     * `SECRET_KEYS` entry.
     */
    hashKey: { type: String, required: true },
    /**
     * True if the audit trail is hashed with a key. The seal of `hashKey` covers this field. Unset in older
     * organizations.
     */
    keyedTrail: Boolean,
    /** When it was ended, to be deleted (`src/deletion`). Nobody finds it from then on; its key is needed until the end. */
    endedAt: Date,
  },
  { timestamps: true, collection: 'organizations' },
)

export type OrganizationDocument = InferSchemaType<typeof organizationSchema> & { _id: Types.ObjectId; createdAt: Date }
export const OrganizationModel = model('Organization', organizationSchema)
