/**
 * The records of the local Lever. The state file is read back through these schemas, so they are its only description. Field names are
 * Lever's if Lever shows the field. Times are ms since the epoch.
 */
import { z } from 'zod'
import { FormField } from './form-records.ts'

const id = z.string()
const ms = z.number()

export const LEVER_EVENTS = [
  'applicationCreated',
  'candidateStageChange',
  'candidateArchiveChange',
  'candidateHired',
  'candidateDeleted',
  'interviewCreated',
  'interviewUpdated',
  'interviewDeleted',
  'contactCreated',
  'contactUpdated',
] as const
export const LeverEventName = z.enum(LEVER_EVENTS)
export type LeverEventName = z.infer<typeof LeverEventName>

export const ORIGINS = ['agency', 'applied', 'internal', 'referred', 'sourced', 'university'] as const
export const Origin = z.enum(ORIGINS)
export type Origin = z.infer<typeof Origin>

export const Confidentiality = z.enum(['non-confidential', 'confidential'])
export type Confidentiality = z.infer<typeof Confidentiality>

export const User = z.object({
  id,
  name: z.string(),
  username: z.string(),
  email: z.string(),
  accessRole: z.string(),
  photo: z.string().nullable(),
  createdAt: ms,
  deactivatedAt: ms.nullable(),
  externalDirectoryId: z.string().nullable(),
  linkedContactIds: z.array(id).nullable(),
  jobTitle: z.string().nullable(),
  managerId: id.nullable(),
})
export type User = z.infer<typeof User>

export const Stage = z.object({
  id,
  text: z.string(),
  pipeline: z.enum(['lead', 'applicant', 'screen', 'onsite', 'offer']),
  rank: z.number(),
  hasInterview: z.boolean(),
})
export type Stage = z.infer<typeof Stage>

export const ArchiveReason = z.object({
  id,
  text: z.string(),
  status: z.enum(['active', 'inactive']),
  type: z.enum(['hired', 'non-hired']),
})
export type ArchiveReason = z.infer<typeof ArchiveReason>

export const POSTING_STATES = ['published', 'internal', 'closed', 'draft', 'pending', 'rejected'] as const

export const WORKPLACE_TYPES = ['unspecified', 'onsite', 'remote', 'hybrid'] as const
export const DISTRIBUTION_CHANNELS = ['public', 'internal'] as const
export const SALARY_INTERVALS = [
  'per-year-salary',
  'per-month-salary',
  'semi-month-salary',
  'bi-month-salary',
  'bi-week-salary',
  'per-week-salary',
  'per-day-wage',
  'per-hour-wage',
  'one-time',
] as const

/** `min` and `max` are in units of the currency. */
export const SalaryRange = z.object({ min: z.number(), max: z.number(), currency: z.string(), interval: z.enum(SALARY_INTERVALS) })

export const Posting = z.object({
  id,
  text: z.string(),
  state: z.enum(POSTING_STATES),
  distributionChannels: z.array(z.enum(DISTRIBUTION_CHANNELS)).nullable(),
  user: id.nullable(),
  owner: id.nullable(),
  hiringManager: id.nullable(),
  categories: z.object({
    commitment: z.string().nullable(),
    department: z.string().nullable(),
    level: z.string().nullable(),
    location: z.string().nullable(),
    team: z.string().nullable(),
    allLocations: z.array(z.string()),
  }),
  tags: z.array(z.string()),
  content: z.object({
    description: z.string(),
    descriptionHtml: z.string(),
    lists: z.array(z.object({ text: z.string(), content: z.string() })),
    closing: z.string(),
    closingHtml: z.string(),
  }),
  country: z.string().nullable(),
  followers: z.array(id),
  reqCode: z.string().nullable(),
  requisitionCodes: z.array(z.string()),
  confidentiality: Confidentiality,
  createdAt: ms,
  updatedAt: ms,
  workplaceType: z.enum(WORKPLACE_TYPES),
  salaryRange: SalaryRange.optional(),
  salaryDescription: z.string().optional(),
  salaryDescriptionHtml: z.string().optional(),
  /** asked of applicants; only the application form shows them */
  customQuestions: z.array(z.object({ id, text: z.string(), fields: z.array(FormField) })).default([]),
})
export type Posting = z.infer<typeof Posting>

export const REQUISITION_STATUSES = ['draft', 'open', 'closed', 'onHold', 'pending', 'rejected'] as const

export const Requisition = z.object({
  id,
  createdAt: ms,
  confidentiality: Confidentiality,
  status: z.enum(REQUISITION_STATUSES),
  name: z.string(),
  requisitionCode: z.string(),
  headcountTotal: z.union([z.number().int(), z.literal('unlimited')]),
  headcountHired: z.number().int(),
  headcountInfinite: z.boolean(),
  backfill: z.boolean(),
  creator: id.nullable(),
  owner: id.nullable(),
  hiringManager: id.nullable(),
  internalNotes: z.string(),
  compensationBand: SalaryRange.extend({ interval: z.string() }).nullable(),
  approval: z.looseObject({ steps: z.array(z.unknown()) }).nullable(),
  employmentStatus: z.string().nullable(),
  location: z.string().nullable(),
  team: z.string().nullable(),
  department: z.string().nullable(),
  postings: z.array(id),
  offerIds: z.array(id),
  timeToFillStartAt: ms.nullable(),
  timeToFillEndAt: ms.nullable(),
  updatedAt: ms,
  customFields: z.record(z.string(), z.unknown()),
  closedAt: ms.nullable(),
  /** only answers to writes show it */
  stateHistory: z.array(z.object({ beginAt: ms, status: z.string() })).default([]),
})
export type Requisition = z.infer<typeof Requisition>

export const Phone = z.object({ type: z.string().nullable(), value: z.string() })
export type Phone = z.infer<typeof Phone>

/** A person. `links` belong to the person too, although `GET /contacts/:id` does not show them. */
export const Contact = z.object({
  id,
  name: z.string(),
  headline: z.string(),
  location: z.string(),
  emails: z.array(z.string()),
  phones: z.array(Phone),
  links: z.array(z.string()),
  isAnonymized: z.boolean(),
  createdAt: ms,
})
export type Contact = z.infer<typeof Contact>

export const Archived = z.object({ reason: id, archivedAt: ms })
export type Archived = z.infer<typeof Archived>

/** The data that an applicant sent through a posting's form. */
export const Submission = z.object({
  name: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  company: z.string().nullable(),
  links: z.array(z.string()),
  comments: z.string().nullable(),
  customQuestions: z.array(z.unknown()),
  ipAddress: z.string().nullable(),
  /** answers to the questions about gender, race and veteran status */
  eeo: z.record(z.string(), z.string()),
  eeoRespondedAt: ms,
})
export type Submission = z.infer<typeof Submission>

export const Application = z.object({
  id,
  type: z.enum(['posting', 'user', 'referral']),
  posting: id,
  postingOwner: id.nullable(),
  postingHiringManager: id.nullable(),
  user: id.nullable(),
  createdAt: ms,
  archived: Archived.nullable(),
  requisitionForHire: z.object({ id, requisitionCode: z.string(), hiringManagerOnHire: id.nullable() }).nullable(),
  submission: Submission.nullable().default(null),
})
export type Application = z.infer<typeof Application>

export const StageChange = z.object({ toStageId: id, toStageIndex: z.number().int(), updatedAt: ms, userId: id.optional() })
export type StageChange = z.infer<typeof StageChange>

export const Opportunity = z.object({
  id,
  contact: id,
  stage: id,
  confidentiality: Confidentiality,
  archived: Archived.nullable(),
  tags: z.array(z.string()),
  sources: z.array(z.string()),
  stageChanges: z.array(StageChange),
  origin: Origin,
  sourcedBy: id.nullable(),
  owner: id.nullable(),
  followers: z.array(id),
  application: Application.nullable(),
  createdAt: ms,
  updatedAt: ms.nullable(),
  lastInteractionAt: ms,
  lastAdvancedAt: ms,
  snoozedUntil: ms.nullable(),
  opportunityLocation: z.string().nullable(),
  /** until then, lists do not show the latest change (settings.searchLagMs); never sent */
  searchableAt: ms.default(0),
})
export type Opportunity = z.infer<typeof Opportunity>

export const DeletedOpportunity = z.object({ id, deletedBy: id.nullable(), deletedAt: ms, contact: id })
export type DeletedOpportunity = z.infer<typeof DeletedOpportunity>

export const NoteEntry = z.object({
  createdAt: ms,
  score: z.number().int().nullable(),
  stage: id,
  user: id.nullable(),
  value: z.string(),
})
export type NoteEntry = z.infer<typeof NoteEntry>

export const Note = z.object({
  id,
  opportunity: id,
  entries: z.array(NoteEntry),
  user: id.nullable(),
  secret: z.boolean(),
  createdAt: ms,
  completedAt: ms,
  madeByApi: z.boolean(),
})
export type Note = z.infer<typeof Note>

/** `kind` distinguishes uploaded files from résumés; `content` is base64. */
export const StoredFile = z.object({
  id,
  opportunity: id,
  kind: z.enum(['file', 'resume']),
  name: z.string(),
  contentType: z.string(),
  content: z.string(),
  uploadedAt: ms,
})
export type StoredFile = z.infer<typeof StoredFile>
