import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/**
 * The known length of an organization's chain, authenticated by the organization's key. It reveals that records at
 * the end were deleted.
 */
const auditHeadSchema = new Schema(
  {
    /** The organization's id. */
    _id: { type: Schema.Types.ObjectId, required: true },
    /** The minimum number of records. It may lag behind the records, but is never ahead of them. */
    count: { type: Number, required: true },
    /** The hash of the record `count`; empty if `count` is 0. */
    hash: { type: String, default: '' },
    mac: { type: String, default: null },
  },
  { collection: 'audit_heads' },
)

export type AuditHeadDocument = InferSchemaType<typeof auditHeadSchema> & { _id: Types.ObjectId }
export const AuditHeadModel = model('AuditHead', auditHeadSchema)
