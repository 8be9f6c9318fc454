import { Types } from 'mongoose'
import type { Assessment } from './assess-export.ts'
import { BULK_LANE, ExportModel, type OnDuplicate } from './export-model.ts'

interface WishOfMany {
  organization: string
  requestedBy: string
  onDuplicate?: OnDuplicate | undefined
  note?: string | undefined
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
    posting: posting && { postingId: posting.id, title: posting.text },
    requisition: requisition && {
      requisitionId: requisition.id,
      requisitionCode: requisition.requisitionCode ?? '',
      name: requisition.name,
    },
    onDuplicate: onDuplicate ?? 'stop',
    ...(note === undefined ? {} : { note: { text: note, status: 'queued' as const } }),
    dueAt: new Date(0),
  })
  return { ...document.toObject(), createdAt: new Date() }
}
