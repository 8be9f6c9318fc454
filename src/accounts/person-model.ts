import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

export const PERSON_ROLES = ['admin', 'sourcer'] as const
export type PersonRole = (typeof PERSON_ROLES)[number]

const personSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    /** Lower case, without surrounding white space. */
    email: { type: String, required: true },
    name: { type: String, required: true },
    role: { type: String, enum: PERSON_ROLES, required: true },
    active: { type: Boolean, default: true },
  },
  { timestamps: true, collection: 'users' },
)
personSchema.index({ organization: 1, email: 1 }, { unique: true })

export type PersonDocument = InferSchemaType<typeof personSchema> & { _id: Types.ObjectId; createdAt: Date }
export const PersonModel = model('Person', personSchema)
