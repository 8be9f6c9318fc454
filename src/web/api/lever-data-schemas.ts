import { z } from 'zod'

/** Lever's posting states (Lever's API documentation); Lever's pages call `internal` "unlisted". */
export const POSTING_STATES = ['published', 'internal', 'closed', 'draft', 'pending', 'rejected'] as const

const instant = z.iso.datetime().nullable()
const text = z.string().nullable()
const leverUser = text.describe('Id of the Lever user')

export const LeverUserOutput = z
  .object({
    id: z.string(),
    name: text,
    email: text,
    accessRole: text.describe("Lever's name for the role, or the id of a custom role"),
    deactivatedAt: instant,
  })
  .meta({ id: 'LeverUser' })

export const StageOutput = z.object({ id: z.string(), text: z.string() }).meta({ id: 'LeverStage' })

export const ArchiveReasonOutput = z
  .object({
    id: z.string(),
    text: z.string(),
    status: text.describe('`active` or `inactive`'),
    type: text.describe('`hired` or `non-hired`'),
  })
  .meta({ id: 'LeverArchiveReason' })

export const PostingOutput = z
  .object({
    id: z.string(),
    text: z.string().describe('The title'),
    state: text.describe(POSTING_STATES.join(', ')),
    open: z.boolean().describe('Whether it accepts candidates: published or internal'),
    location: text,
    team: text,
    department: text,
    commitment: text,
    owner: leverUser,
    hiringManager: leverUser,
    requisitionCodes: z.array(z.string()),
    confidentiality: text,
    url: text.describe('The public page of the job'),
  })
  .meta({ id: 'LeverPosting' })

export const RequisitionOutput = z
  .object({
    id: z.string(),
    name: z.string(),
    requisitionCode: text,
    status: text.describe('draft, open, closed, onHold, pending, rejected'),
    postings: z.array(z.string()).describe('Ids of its postings'),
    headcountTotal: z.union([z.number(), z.literal('unlimited')]).nullable(),
    headcountHired: z.number().nullable(),
    location: text,
    team: text,
    confidentiality: text,
  })
  .meta({ id: 'LeverRequisition' })

export const OpportunityOutput = z
  .object({
    id: z.string(),
    contact: text.describe('Id of the person across opportunities'),
    stage: text.describe('Id of the stage'),
    postings: z.array(z.string()).describe('Ids of its postings'),
    owner: leverUser,
    origin: text,
    sources: z.array(z.string()),
    archived: z.object({ reason: text.describe('Id of the archive reason'), archivedAt: instant }).nullable(),
    confidentiality: text,
    isAnonymized: z.boolean(),
    url: text.describe('The profile in Lever'),
    createdAt: instant,
    updatedAt: instant,
    readAt: z.iso.datetime().describe('When it was read from Lever'),
  })
  .meta({ id: 'LeverOpportunity' })
