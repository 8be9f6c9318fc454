import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'

export const ERASURE_CAUSES = ['candidate_deleted', 'anonymized_in_lever', 'deleted_in_lever'] as const
export type ErasureCause = (typeof ERASURE_CAUSES)[number]

/** By what the person is found in other collections; gone when the erasure is done. */
const personSchema = new Schema(
  {
    name: { type: String, required: true },
    emails: { type: [String], default: [] },
    phones: { type: [String], default: [] },
    /** The page in the sourcing tool among them. */
    links: { type: [String], default: [] },
    /** E-mails and profiles of earlier, in the form in which they are compared. */
    pastKeys: { type: [String], default: [] },
    opportunityIds: { type: [String], default: [] },
    contactIds: { type: [String], default: [] },
  },
  { _id: false },
)

const removedSchema = new Schema({ from: { type: String, required: true }, documents: { type: Number, required: true } }, { _id: false })

/** `running` until nothing personal is left anywhere; then a receipt, and the memory of whom not to take in again. */
const erasureSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    candidate: { type: Schema.Types.ObjectId, required: true },
    cause: { type: String, enum: ERASURE_CAUSES, required: true },
    /** As in the audit trail. */
    actor: { type: String, required: true },
    status: { type: String, enum: ['running', 'done'], required: true },
    person: personSchema,
    /** Keyed hashes of `keysToRemember`: who is not taken in again. Empty once somebody has entered the person again. */
    hashes: { type: [String], default: [] },
    /** How often all collections were gone through. */
    passes: { type: Number, default: 0 },
    /** How many documents were removed or cleaned, by collection. */
    removed: { type: [removedSchema], default: [] },
    /** Opportunities created by calls that were under way when the erasure was accepted. */
    madeInLever: { type: [String], default: [] },
    erasedAt: { type: Date, default: null },
  },
  { timestamps: { createdAt: true, updatedAt: false }, collection: 'erasures', minimize: false },
)
erasureSchema.index({ organization: 1, candidate: 1 }, { unique: true }) // asked for twice, it is one erasure
erasureSchema.index({ status: 1, lane: 1, dueAt: 1 })
erasureSchema.index({ organization: 1, hashes: 1 })
erasureSchema.index({ organization: 1, _id: -1 })

export type ErasureDocument = InferSchemaType<typeof erasureSchema> & { _id: Types.ObjectId; createdAt: Date }
export const ErasureModel = model('Erasure', erasureSchema)
