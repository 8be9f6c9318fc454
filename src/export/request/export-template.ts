import { Types } from 'mongoose'
import { isConfidential } from '../../accounts/clearance.ts'
import type { Assessment } from './assess-export.ts'
import { BULK_LANE, ExportModel, type OnDuplicate } from '../export-model.ts'
import { DUE_NOW } from '../../work/work-fields.ts'

interface WishOfMany {
  organization: string
  requestedBy: string
  onDuplicate?: OnDuplicate | undefined
  note?: string | undefined
}

/** Where an export goes, as its document keeps it. */
export function targetFields({ posting, requisition }: Pick<Assessment, 'posting' | 'requisition'>) {
  return {
    posting: posting && { postingId: posting.id, title: posting.text, confidential: isConfidential(posting) },
    requisition: requisition && {
      requisitionId: requisition.id,
      requisitionCode: requisition.requisitionCode ?? '',
      name: requisition.name,
      confidential: isConfidential(requisition),
    },
  }
}

/** What exports of many candidates have in common, in the lane of the bulk, with the defaults of the model, so that none is built for each. */
export function exportTemplate(
  { organization, requestedBy, onDuplicate, note }: WishOfMany,
  { performAs, posting, requisition }: Assessment,
) {
  const document = new ExportModel({
    organization,
    candidate: new Types.ObjectId(),
    status: 'queued',
    lane: BULK_LANE,
    requestedBy,
    performAs,
    ...targetFields({ posting, requisition }),
    onDuplicate: onDuplicate ?? 'stop',
    ...(note === undefined ? {} : { note: { text: note, status: 'queued' as const } }),
    dueAt: DUE_NOW,
  })
  return { ...document.toObject(), createdAt: new Date() }
}
