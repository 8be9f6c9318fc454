import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** How far the keys of the stored candidates were computed again: one document for all organizations and processes. */
const keyRenewalSchema = new Schema(
  {
    _id: { type: String, required: true },
    /** The version of the forms in which the keys are. */
    version: { type: Number, required: true },
    /** The last candidate that is done. */
    after: { type: Schema.Types.ObjectId, default: null },
    isDone: { type: Boolean, default: false },
  },
  { collection: 'candidate_key_renewals' },
)

export type KeyRenewalDocument = InferSchemaType<typeof keyRenewalSchema> & { after: Types.ObjectId | null }
export const KeyRenewalModel = model('CandidateKeyRenewal', keyRenewalSchema)
