import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

const passwordSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    person: { type: Schema.Types.ObjectId, required: true },
    /** argon2id, with its salt and parameters. */
    hash: { type: String, required: true },
    /** Changes with the password, which invalidates marks of browsers (`devices.ts`). Unset in older passwords. */
    version: String,
  },
  { timestamps: true, collection: 'passwords' },
)
passwordSchema.index({ person: 1 }, { unique: true })

export type PasswordDocument = InferSchemaType<typeof passwordSchema> & { _id: Types.ObjectId }
/**
 * A person's password in one organization. It is kept per organization so that an admin of another one, who may add
 * any email, cannot set it.
 */
export const PasswordModel = model('Password', passwordSchema)
