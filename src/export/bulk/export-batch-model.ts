import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { ON_DUPLICATE, postingSchema } from '../export-model.ts'

const rejectedSchema = new Schema(
  {
    /** As it was given. */
    candidateId: { type: String, required: true },
    code: { type: String, required: true },
  },
  { _id: false },
)

/** One request to export many: what was asked, and who was refused. How far it is, its exports tell. */
const exportBatchSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    /** E-mail of our person who asked. */
    requestedBy: { type: String, required: true },
    posting: { type: postingSchema, default: null },
    onDuplicate: { type: String, enum: ON_DUPLICATE, required: true },
    /** How many exports it has. */
    total: { type: Number, required: true },
    rejected: { type: [rejectedSchema], default: [] },
    isPaused: { type: Boolean, default: false },
    /** Rises with every pause and resume. */
    revision: { type: Number, default: 0 },
    /** Since when its exports are not known to be as `isPaused` says: a process that stops in between leaves it set. */
    unsettledSince: { type: Date, default: null },
  },
  { timestamps: { createdAt: true, updatedAt: false }, collection: 'export_batches' },
)
exportBatchSchema.index({ organization: 1, _id: -1 })
exportBatchSchema.index({ organization: 1, isPaused: 1 }, { partialFilterExpression: { isPaused: true } })
exportBatchSchema.index({ unsettledSince: 1 }, { partialFilterExpression: { unsettledSince: { $gt: new Date(0) } } })

export type ExportBatchDocument = InferSchemaType<typeof exportBatchSchema> & { _id: Types.ObjectId; createdAt: Date }
export const ExportBatchModel = model('ExportBatch', exportBatchSchema)
