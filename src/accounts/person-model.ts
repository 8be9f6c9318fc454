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
    /** The language of the pages; null until it is chosen. */
    language: { type: String, default: null },
  },
  { timestamps: true, collection: 'users' },
)
personSchema.index({ organization: 1, email: 1 }, { unique: true })
personSchema.index({ email: 1 }) // a sign-in does not know the organization yet

export type PersonDocument = InferSchemaType<typeof personSchema> & { _id: Types.ObjectId; createdAt: Date }
export const PersonModel = model('Person', personSchema)
