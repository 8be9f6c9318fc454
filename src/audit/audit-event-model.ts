import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

const auditEventSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    /** Counts from 1 without gaps within an organization. */
    seq: { type: Number, required: true },
    at: { type: Date, required: true },
    actor: { type: String, required: true },
    action: { type: String, required: true },
    subject: { type: String, required: true },
    leverUser: { type: String, default: null },
    /** The hash of the record `seq - 1`; null in the first. */
    previousHash: { type: String, default: null },
    hash: { type: String, required: true },
  },
  { collection: 'audit_events' },
)
auditEventSchema.index({ organization: 1, seq: 1 }, { unique: true }) // one appender at a time: of two with one number, one retries
auditEventSchema.index({ organization: 1, subject: 1 })
auditEventSchema.index({ organization: 1, _id: -1 }) // for the list, and its filters by actor, by action, and by both
auditEventSchema.index({ organization: 1, actor: 1, _id: -1 })
auditEventSchema.index({ organization: 1, action: 1, _id: -1 })
auditEventSchema.index({ organization: 1, actor: 1, action: 1, _id: -1 })

export type AuditEventDocument = InferSchemaType<typeof auditEventSchema> & { _id: Types.ObjectId }
export const AuditEventModel = model('AuditEvent', auditEventSchema)
