import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'

export const ERASURE_CAUSES = ['candidate_deleted', 'anonymized_in_lever', 'deleted_in_lever'] as const
export type ErasureCause = (typeof ERASURE_CAUSES)[number]

/** Finds the person in other collections; removed when the erasure is done. */
const personSchema = new Schema(
  {
    name: { type: String, required: true },
    emails: { type: [String], default: [] },
    phones: { type: [String], default: [] },
    /** Includes the page in the sourcing tool. */
    links: { type: [String], default: [] },
    /** Past emails and profiles, in the form in which they are compared. */
    pastKeys: { type: [String], default: [] },
    opportunityIds: { type: [String], default: [] },
    contactIds: { type: [String], default: [] },
  },
  { _id: false },
)

const removedSchema = new Schema({ from: { type: String, required: true }, documents: { type: Number, required: true } }, { _id: false })

/**
 * `running` until no personal data is left anywhere. After that, it is a receipt and an entry of the suppression
 * list.
 */
const erasureSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    candidate: { type: Schema.Types.ObjectId, required: true },
    cause: { type: String, enum: ERASURE_CAUSES, required: true },
    /** In the form of the audit trail. */
    actor: { type: String, required: true },
    status: { type: String, enum: ['running', 'done'], required: true },
    person: personSchema,
    /** Keyed hashes of `keysToRemember`, which suppress the person. Empty once somebody has entered the person again. */
    hashes: { type: [String], default: [] },
    /** How many times all collections have been processed. */
    passes: { type: Number, default: 0 },
    /** The number of documents removed or cleaned, by collection. */
    removed: { type: [removedSchema], default: [] },
    /** Opportunities created by calls that were under way when the erasure was accepted. */
    madeInLever: { type: [String], default: [] },
    erasedAt: { type: Date, default: null },
  },
  { timestamps: { createdAt: true, updatedAt: false }, collection: 'erasures', minimize: false },
)
erasureSchema.index({ organization: 1, candidate: 1 }, { unique: true }) // two requests for the same candidate make one erasure
erasureSchema.index({ status: 1, lane: 1, dueAt: 1 })
erasureSchema.index({ organization: 1, hashes: 1 })
erasureSchema.index({ organization: 1, _id: -1 })

export type ErasureDocument = InferSchemaType<typeof erasureSchema> & { _id: Types.ObjectId; createdAt: Date }
export const ErasureModel = model('Erasure', erasureSchema)
