import { Types } from 'mongoose'
import { isDuplicateKey } from '../../duplicate-key.ts'
import type { Clearance } from '../../accounts/clearance.ts'
import type { ConnectionDocument } from '../../connection/connection-model.ts'
import { ServiceError } from '../../errors.ts'
import { alreadyExported, assessExport, findOpenExport } from './assess-export.ts'
import { ExportModel, openKeyOf, type ExportDocument, type OnDuplicate } from '../export-model.ts'
import { targetFields } from './export-template.ts'
import { exportView, type ExportView } from '../export-view.ts'
import type { ExportDeps } from '../run/run-export-deps.ts'
import type { PartitionDeps } from '../bulk/partition-candidates.ts'
import { dueInOrder } from '../../work/work-fields.ts'

export interface ExportWish {
  organization: string
  /** The id of an existing candidate, or a function that creates it, called once everything else is in order. */
  candidateId: string | (() => Promise<string>)
  requestedBy: string
  postingId?: string | undefined
  requisitionId?: string | undefined
  note?: string | undefined
  onDuplicate?: OnDuplicate | undefined
  /** The caller's clearance. */
  clearance: Clearance
  /** The caller, for the audit trail. */
  actor: string
  /** The connection, if the caller has just read it. */
  connection?: ConnectionDocument | undefined
}

export interface RequestDeps extends ExportDeps, PartitionDeps {
  /** Stores the candidate's newest export with the candidate. */
  onRequested: (asked: { organization: string; exportId: string; candidateId: string }) => Promise<void>
  /** The same for many exports, each of a different candidate. */
  onBulkRequested: (organization: string, asked: readonly { exportId: string; candidateId: string }[]) => Promise<void>
  wake: () => void
}

/**
 * Accepts an export. It is durable when this resolves, and a worker starts it at once.
 * @throws ServiceError the first reason that prevents it; `already_exported` carries `exportId`
 */
export async function requestExport(wish: ExportWish, deps: RequestDeps): Promise<ExportView> {
  const { organization } = wish
  const { problems, performAs, posting, requisition } = await assessExport(wish, deps.assess)
  const [problem] = problems
  if (problem || !performAs) throw problem ?? new ServiceError('user_not_mapped', 'The person is not mapped to a Lever user.')
  const candidateId = typeof wish.candidateId === 'string' ? wish.candidateId : await wish.candidateId()
  await assertCandidate(organization, candidateId, deps)

  const document = await insertOnce({
    organization: new Types.ObjectId(organization),
    candidate: new Types.ObjectId(candidateId),
    status: 'queued',
    requestedBy: wish.requestedBy,
    performAs,
    ...targetFields({ posting, requisition }),
    onDuplicate: wish.onDuplicate ?? 'stop',
    openKey: openKeyOf(candidateId, posting?.id ?? null),
    ...(wish.note === undefined ? {} : { note: { text: wish.note, status: 'queued' as const } }),
    dueAt: dueInOrder(),
  })
  const exportId = String(document._id)
  deps.wake()
  await deps.onRequested({ organization, exportId, candidateId })
  await deps.audit({
    organization,
    actor: wish.actor,
    action: 'export.requested',
    subject: `export:${exportId}`,
    leverUser: performAs.leverUserId,
  })
  return exportView(document, wish.clearance, deps)
}

/** @throws ServiceError `candidate_not_found` */
async function assertCandidate(organization: string, candidateId: string, deps: Pick<ExportDeps, 'findCandidate'>): Promise<void> {
  if (Types.ObjectId.isValid(candidateId) && (await deps.findCandidate(organization, candidateId))) return
  throw new ServiceError('candidate_not_found', 'There is no such candidate.', {
    hint: 'Create it with POST /candidates, or include the candidate in this request.',
  })
}

async function insertOnce(fields: Record<string, unknown> & { openKey: string; organization: Types.ObjectId }): Promise<ExportDocument> {
  try {
    const created = await ExportModel.create(fields)
    return created.toObject<ExportDocument>()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    const [candidateId = '', target] = fields.openKey.split(':')
    const open = await findOpenExport(String(fields.organization), candidateId, target === 'general' ? null : (target ?? null))
    throw alreadyExported(open ? String(open._id) : '')
  }
}
