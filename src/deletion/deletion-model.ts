import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'

const removedSchema = new Schema({ from: { type: String, required: true }, documents: { type: Number, required: true } }, { _id: false })

const takenSchema = new Schema(
  { from: { type: String, required: true }, ids: { type: [Schema.Types.Mixed], required: true } },
  { _id: false },
)

/** `running` until nothing of the organization is left. After that, it is the receipt, and nothing else tells of the organization. */
const organizationDeletionSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true },
    /** In the form of the audit trail. */
    actor: { type: String, required: true },
    status: { type: String, enum: ['running', 'done'], required: true },
    /** When the connection to Lever had ended, and documents began to be deleted. */
    disconnectedAt: { type: Date, default: null },
    /** Documents that are being deleted, and are not counted yet. */
    taken: { type: takenSchema, default: null },
    /** The number of deleted documents by collection. */
    removed: { type: [removedSchema], default: [] },
    deletedAt: { type: Date, default: null },
  },
  { collection: 'organization_deletions' },
)
organizationDeletionSchema.index({ organization: 1 }, { unique: true })
organizationDeletionSchema.index({ status: 1, lane: 1, dueAt: 1 })

export type OrganizationDeletion = InferSchemaType<typeof organizationDeletionSchema> & { _id: Types.ObjectId }
export const OrganizationDeletionModel = model('OrganizationDeletion', organizationDeletionSchema)
