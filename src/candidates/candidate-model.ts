import { model, Schema, type InferSchemaType, type Types } from 'mongoose'
import { NAME_COLLATION } from '../paging.ts'
import { STAGE_COLLATION } from './stage-collation.ts'

const phoneSchema = new Schema({ type: { type: String }, value: { type: String, required: true } }, { _id: false })

const leverStateSchema = new Schema(
  {
    opportunityId: { type: String, required: true },
    contactId: { type: String, default: null },
    url: { type: String, default: null },
    stage: { id: String, text: String },
    /** Lever posting ids. */
    postings: { type: [String], default: [] },
    archived: { type: new Schema({ reason: String, reasonText: String, archivedAt: Date }, { _id: false }), default: null },
    /** Lever user id. */
    owner: { type: String, default: null },
    confidential: Boolean,
    updatedAt: { type: Date, default: null },
  },
  { _id: false },
)

const resumeSchema = new Schema(
  {
    /** The file's id in the bucket `resumes`. */
    file: { type: Schema.Types.ObjectId, required: true },
    filename: { type: String, required: true },
    /** In bytes. */
    size: { type: Number, required: true },
    /** Detected from the content. */
    contentType: { type: String, required: true },
    /** In hexadecimal. */
    sha256: { type: String, required: true },
    uploadedAt: { type: Date, required: true },
  },
  { _id: false },
)

const candidateSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    externalId: String,
    name: { type: String, required: true },
    headline: String,
    location: String,
    emails: { type: [String], default: [] },
    phones: { type: [phoneSchema], default: [] },
    links: { type: [String], default: [] },
    tags: { type: [String], default: [] },
    summary: String,
    /** Text from the sourcing tool: the name of its requisition or search, and the person's stage there. */
    project: String,
    stage: String,
    profileUrl: String,
    resume: { type: resumeSchema, default: null },
    /** The keys that identify the person; see `candidateKeys`. */
    emailKeys: { type: [String], default: [] },
    linkKeys: { type: [String], default: [] },
    /** The records of rows that matched this candidate and whose values have changed since. */
    recordKeys: { type: [String], default: undefined },
    pastKeys: { type: [String], default: undefined },
    /** What searches use; see `searchFields`. */
    searchText: { type: String, default: '' },
    searchKeys: { type: [String], default: [] },
    wordBeginnings: { type: [String], default: [] },
    searchMark: { type: String, default: '' },
    /** Rises with every change to the person's data, so that concurrent writes do not overwrite each other. */
    revision: { type: Number, default: 0 },
    /** The id of the newest export, whatever its status. */
    lastExport: { type: Schema.Types.ObjectId, default: null },
    /** True once an export of this candidate has succeeded. */
    exported: { type: Boolean, default: false },
    lever: { type: leverStateSchema, default: null },
    /**
     * When `lever` was last written. It does not count toward `updatedAt`, which sourcers see: they must not notice
     * that a confidential opportunity changed.
     */
    leverChangedAt: { type: Date, default: null },
  },
  { timestamps: true, collection: 'candidates' },
)
// a query that finds by it must repeat the `$type`
candidateSchema.index({ organization: 1, externalId: 1 }, { unique: true, partialFilterExpression: { externalId: { $type: 'string' } } })
candidateSchema.index({ organization: 1, _id: -1 })
candidateSchema.index({ organization: 1, name: 1, _id: 1 }, { collation: NAME_COLLATION }) // for both sort directions
candidateSchema.index({ organization: 1, emailKeys: 1 })
candidateSchema.index({ organization: 1, linkKeys: 1 })
candidateSchema.index({ organization: 1, recordKeys: 1 }, { partialFilterExpression: { recordKeys: { $exists: true } } })
candidateSchema.index({ organization: 1, 'lever.opportunityId': 1 })
candidateSchema.index({ organization: 1, stage: 1, _id: 1 }, { collation: STAGE_COLLATION })
// one for each filter of the list; `_id` gives the order by time, in both directions
candidateSchema.index({ organization: 1, searchKeys: 1, _id: 1, searchMark: 1 })
candidateSchema.index({ organization: 1, wordBeginnings: 1, name: 1, _id: 1 }, { collation: NAME_COLLATION }) // searches for a common word by name
candidateSchema.index({ organization: 1, exported: 1, _id: 1 })
candidateSchema.index({ organization: 1, project: 1, _id: 1 })
candidateSchema.index({ organization: 1, stage: 1, _id: 1 }, { name: 'exactStage' })
candidateSchema.index({ organization: 1, 'lever.stage.id': 1, _id: 1 })
candidateSchema.index({ organization: 1, updatedAt: 1, _id: 1 })
candidateSchema.index({ organization: 1, leverChangedAt: 1, _id: 1 })

export type CandidateDocument = InferSchemaType<typeof candidateSchema> & { _id: Types.ObjectId; createdAt: Date; updatedAt: Date }
export type CandidateResume = InferSchemaType<typeof resumeSchema>
export type CandidateLeverState = InferSchemaType<typeof leverStateSchema>
export const CandidateModel = model('Candidate', candidateSchema)
