import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { ON_DUPLICATE, postingSchema } from '../export-model.ts'

const rejectedSchema = new Schema(
  {
    /** As the caller sent it. */
    candidateId: { type: String, required: true },
    code: { type: String, required: true },
  },
  { _id: false },
)

/** One request to export many candidates: its terms, and the refused rows. The exports tell its progress. */
const exportBatchSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    /** The email of the person who requested it. */
    requestedBy: { type: String, required: true },
    posting: { type: postingSchema, default: null },
    onDuplicate: { type: String, enum: ON_DUPLICATE, required: true },
    /** The number of its exports. */
    total: { type: Number, required: true },
    rejected: { type: [rejectedSchema], default: [] },
    isPaused: { type: Boolean, default: false },
    /** Rises with every pause and resume. */
    revision: { type: Number, default: 0 },
    /** Since when its exports may not yet match `isPaused`; null once they do. A process that stops in between leaves it set. */
    unsettledSince: { type: Date, default: null },
  },
  { timestamps: { createdAt: true, updatedAt: false }, collection: 'export_batches' },
)
exportBatchSchema.index({ organization: 1, _id: -1 })
exportBatchSchema.index({ organization: 1, isPaused: 1 }, { partialFilterExpression: { isPaused: true } })
exportBatchSchema.index({ unsettledSince: 1 }, { partialFilterExpression: { unsettledSince: { $gt: new Date(0) } } })

export type ExportBatchDocument = InferSchemaType<typeof exportBatchSchema> & { _id: Types.ObjectId; createdAt: Date }
export const ExportBatchModel = model('ExportBatch', exportBatchSchema)
