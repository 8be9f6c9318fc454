/** Requisitions and offers: the records from an opening to a new hire. */
import { z } from 'zod'

const id = z.string()
const ms = z.number()

export const FIELD_TYPES = ['number', 'text', 'date', 'object', 'dropdown'] as const
export const SUBFIELD_TYPES = ['number', 'text', 'date'] as const

export const FieldOption = z.object({ id, text: z.string() })
export type FieldOption = z.infer<typeof FieldOption>

/** A custom field of requisitions: `subfields` for an object, `options` for a dropdown, neither for others. */
export const RequisitionField = z.object({
  id,
  text: z.string(),
  type: z.enum(FIELD_TYPES),
  isRequired: z.boolean(),
  subfields: z.array(z.object({ id, text: z.string(), type: z.enum(SUBFIELD_TYPES) })).optional(),
  options: z.array(FieldOption).optional(),
})
export type RequisitionField = z.infer<typeof RequisitionField>

/** Writers of requisitions: people and the API, only the API, or only people (Lever's requisition settings). */
export const REQUISITION_MODES = ['hybrid', 'api', 'lever'] as const
export const RequisitionMode = z.enum(REQUISITION_MODES)
export type RequisitionMode = z.infer<typeof RequisitionMode>

export const OFFER_STATUSES = ['draft', 'approval-sent', 'approved', 'sent', 'sent-manually', 'opened', 'denied', 'signed'] as const

const OfferDocument = z.object({ fileName: z.string(), uploadedAt: ms })
const Signature = z.object({
  role: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  firstOpenedAt: ms.nullable(),
  lastOpenedAt: ms.nullable(),
  signed: z.boolean(),
  signedAt: ms.nullable(),
})

export const Offer = z.object({
  id,
  opportunity: id,
  posting: id.nullable(),
  createdAt: ms,
  status: z.enum(OFFER_STATUSES),
  creator: id.nullable(),
  fields: z.array(z.object({ text: z.string(), identifier: z.string(), value: z.union([z.string(), z.number()]).nullable() })),
  approved: z.boolean().nullable(),
  approvedAt: ms.nullable(),
  sentAt: ms.nullable(),
  sentDocument: OfferDocument.nullable(),
  signedDocument: OfferDocument.nullable(),
  /** by role; empty until the offer is sent */
  signatures: z.record(z.string(), Signature),
})
export type Offer = z.infer<typeof Offer>
