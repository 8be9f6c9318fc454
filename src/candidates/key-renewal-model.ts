import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** The progress of recomputing the keys of stored candidates: one document for all organizations and processes. */
const keyRenewalSchema = new Schema(
  {
    _id: { type: String, required: true },
    /** The version of the key forms. */
    version: { type: Number, required: true },
    /** The last candidate that was recomputed. */
    after: { type: Schema.Types.ObjectId, default: null },
    isDone: { type: Boolean, default: false },
    doneAt: { type: Date, default: null },
    /** True during the second pass. A process of the earlier version may have been running during the first. */
    isSecondPass: { type: Boolean, default: false },
    /** True for a database that no earlier version has used. */
    isFresh: { type: Boolean, default: false },
  },
  { collection: 'candidate_key_renewals' },
)

export type KeyRenewalDocument = InferSchemaType<typeof keyRenewalSchema> & { after: Types.ObjectId | null }
export const KeyRenewalModel = model('CandidateKeyRenewal', keyRenewalSchema)
