import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

/**
 * An opportunity as last seen. For people who are not candidates here, it holds only ids, stage, postings, owner,
 * source, archive state and times, and keyed hashes of emails and links; no names, no addresses.
 */
const leverOpportunitySchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    leverId: { type: String, required: true },
    contactId: { type: String, default: null },
    stageId: { type: String, default: null },
    /** The postings of its applications (0 or 1 today). */
    postingIds: { type: [String], default: [] },
    ownerId: { type: String, default: null },
    origin: { type: String, default: null },
    sources: { type: [String], default: [] },
    /** Kept in addition to the time of archiving, which Lever may leave out. */
    archived: { type: Boolean, default: false },
    archivedAt: { type: Date, default: null },
    archiveReasonId: { type: String, default: null },
    confidentiality: { type: String, default: null },
    isAnonymized: { type: Boolean, default: false },
    url: { type: String, default: null },
    emailHashes: { type: [String], default: [] },
    linkHashes: { type: [String], default: [] },
    /**
     * True after an erasure removed hashes, until the record is read from Lever again. Until then, its people may not
     * be found.
     */
    hashesRemoved: Boolean,
    /** Lever's own times. `leverUpdatedAt` is null on old records. */
    leverCreatedAt: { type: Date, default: null },
    leverUpdatedAt: { type: Date, default: null },
    /** When the read of this state began, by the database's clock. */
    readAt: { type: Date, required: true },
  },
  { collection: 'lever_opportunities' },
)
leverOpportunitySchema.index({ organization: 1, leverId: 1 }, { unique: true })
leverOpportunitySchema.index({ organization: 1, _id: -1 }) // for the list
leverOpportunitySchema.index({ organization: 1, emailHashes: 1 })
leverOpportunitySchema.index({ organization: 1, linkHashes: 1 })
leverOpportunitySchema.index({ organization: 1, contactId: 1 })
leverOpportunitySchema.index({ organization: 1, hashesRemoved: 1 }, { partialFilterExpression: { hashesRemoved: true } })

export type LeverOpportunityRecord = InferSchemaType<typeof leverOpportunitySchema> & { _id: Types.ObjectId }
export const LeverOpportunityModel = model('LeverOpportunity', leverOpportunitySchema)
