import { Types } from 'mongoose'
import { isConfidential } from '../../accounts/clearance.ts'
import type { Assessment } from './assess-export.ts'
import { BULK_LANE, ExportModel, type OnDuplicate } from '../export-model.ts'
import { dueInOrder } from '../../work/work-fields.ts'

interface WishOfMany {
  organization: string
  requestedBy: string
  onDuplicate?: OnDuplicate | undefined
  note?: string | undefined
}

/** Returns the target of an export in the form stored in its document. */
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

/** Returns the common fields of a bulk's exports, including the model's defaults, so that they are not built for each export. */
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
    dueAt: dueInOrder(),
  })
  return { ...document.toObject(), createdAt: new Date() }
}
