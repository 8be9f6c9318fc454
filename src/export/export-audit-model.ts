import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { workFields } from '../work/work-fields.ts'

/**
 * Kinds of findings about an opportunity. `double`: it has our source, no export created it, and its contact has another one that an export
 * created. `stranger`: it has our source, and no export explains it. `loss`: an export created it, but Lever neither has it nor lists it as
 * deleted.
 */
export const AUDIT_FINDINGS = ['double', 'stranger', 'loss'] as const
export type AuditFinding = (typeof AUDIT_FINDINGS)[number]

const KEPT_SECONDS = 30 * 86_400

const findingSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    opportunityId: { type: String, required: true },
    kind: { type: String, enum: AUDIT_FINDINGS, required: true },
    foundAt: { type: Date, required: true },
  },
  { collection: 'export_audit_findings' },
)
findingSchema.index({ organization: 1, opportunityId: 1 }, { unique: true }) // found again it is counted once
findingSchema.index({ kind: 1 })
findingSchema.index({ foundAt: 1 }, { expireAfterSeconds: KEPT_SECONDS })
export const ExportAuditFindingModel = model('ExportAuditFinding', findingSchema)

/** The recurring work of comparing an organization's exports with Lever, one document each. */
const runSchema = new Schema(
  {
    ...workFields,
    organization: { type: Schema.Types.ObjectId, required: true, unique: true },
    status: { type: String, enum: ['scheduled'], default: 'scheduled' },
    /** When the last complete comparison began; later exports have not been compared. Null before a connection's first comparison. */
    comparedAt: { type: Date, default: null },
    /** When the previous connection ended; anything older may belong to another Lever account. */
    notBefore: { type: Date, default: null },
  },
  { collection: 'export_audit_runs' },
)
runSchema.index({ status: 1, lane: 1, dueAt: 1 })
export type ExportAuditRun = InferSchemaType<typeof runSchema> & { _id: Types.ObjectId }
export const ExportAuditRunModel = model('ExportAuditRun', runSchema)
