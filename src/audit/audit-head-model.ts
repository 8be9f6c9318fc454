import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/** How far an organization's chain had come, authenticated by the organization's key: what shows that its end was deleted. */
const auditHeadSchema = new Schema(
  {
    /** The organization. */
    _id: { type: Schema.Types.ObjectId, required: true },
    /** At least so many records. May lag behind them, and is never ahead. */
    count: { type: Number, required: true },
    /** Of the record `count`; empty where that is 0. */
    hash: { type: String, default: '' },
    mac: { type: String, default: null },
  },
  { collection: 'audit_heads' },
)

export type AuditHeadDocument = InferSchemaType<typeof auditHeadSchema> & { _id: Types.ObjectId }
export const AuditHeadModel = model('AuditHead', auditHeadSchema)
