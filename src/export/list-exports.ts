import { isValidObjectId, Types, type QueryFilter } from 'mongoose'
import type { Clearance } from '../accounts/clearance.ts'
import { page, type OrderedPageRequest, type Page } from '../paging.ts'
import { ExportModel, type ExportDocument } from './export-model.ts'
import { exportViews, statesOf, type ExportStatus, type ExportView, type ExportViewDeps } from './export-view.ts'

export interface ExportFilters {
  status?: ExportStatus | undefined
  batchId?: string | undefined
  candidateId?: string | undefined
  /** The email of the requester, in its compared form. */
  requestedBy?: string | undefined
  /** Limits the list to these exports. */
  ids?: readonly string[] | undefined
}

const NOBODY = new Types.ObjectId('0'.repeat(24))

/** Resolves to exports, newest first by default. @throws ServiceError `invalid_request` for a cursor that is not ours */
export async function listExports(
  organization: string,
  filters: ExportFilters,
  clearance: Clearance,
  request: OrderedPageRequest,
  deps: ExportViewDeps,
): Promise<Page<ExportView>> {
  const { status, batchId, candidateId, requestedBy, ids } = filters
  const filter: QueryFilter<ExportDocument> = {
    organization,
    ...(requestedBy === undefined ? {} : { requestedBy }),
    ...(status === undefined ? {} : { status: { $in: statesOf(status) } }),
    ...(candidateId === undefined ? {} : { candidate: idOrNone(candidateId) }),
    ...(batchId === undefined ? {} : { batch: idOrNone(batchId) }),
    ...(ids === undefined ? {} : { _id: { $in: ids.map(idOrNone) } }),
  }
  const { data, nextCursor } = await page(ExportModel, filter, request, (document): ExportDocument => document)
  return { data: await exportViews(data, clearance, deps), nextCursor }
}

/** Returns an id that matches nothing for a text that cannot be an id. */
function idOrNone(id: string): Types.ObjectId {
  return isValidObjectId(id) ? new Types.ObjectId(id) : NOBODY
}
