import { Types, type ClientSession } from 'mongoose'
import { isDuplicateKey } from '../../duplicate-key.ts'
import type { Clearance } from '../../accounts/clearance.ts'
import { ServiceError } from '../../errors.ts'
import { assessExport, type Assessment } from '../request/assess-export.ts'
import { bulkAnswer, type AskedBatch, type BulkAnswer } from './bulk-rejection.ts'
import { ExportBatchModel, type ExportBatchDocument } from './export-batch-model.ts'
import { ExportModel, openKeyOf, type OnDuplicate } from '../export-model.ts'
import { exportTemplate } from '../request/export-template.ts'
import type { RequestDeps } from '../request/request-export.ts'
import { partitionCandidates, type Partition } from './partition-candidates.ts'

export const MOST_IN_BULK = 5000

export interface BulkWish {
  organization: string
  candidateIds: readonly string[]
  requestedBy: string
  postingId?: string | undefined
  requisitionId?: string | undefined
  onDuplicate?: OnDuplicate | undefined
  /** The caller's clearance. */
  clearance: Clearance
  /** The caller, for the audit trail. */
  actor: string
}

/** If two requests name the same people at once, the second one finds the exports of the first when it tries again. */
const TRIES = 5

/**
 * Accepts a bulk export. When it resolves, either all exports are durable or none; workers run them after exports that a person waits for.
 * Candidates that may not be exported are named in `rejected`.
 * @throws ServiceError the first reason that prevents all of the exports
 */
export async function requestBulk(wish: BulkWish, deps: RequestDeps): Promise<BulkAnswer> {
  const { organization } = wish
  const assessment = await assessExport(wish, deps.assess)
  const { problems, performAs } = assessment
  const [problem] = problems
  if (problem || !performAs) throw problem ?? new ServiceError('user_not_mapped', 'The person is not mapped to a Lever user.')
  const { batch, exports } = await accept(wish, assessment, deps)
  deps.wake()
  await deps.onBulkRequested(organization, exports)
  await deps.audit({
    organization,
    actor: wish.actor,
    action: 'export_batch.requested',
    subject: `export_batch:${String(batch._id)}`,
    leverUser: performAs.leverUserId,
  })
  return bulkAnswer(batch)
}

interface Accepted {
  batch: AskedBatch
  exports: { exportId: string; candidateId: string }[]
}

async function accept(wish: BulkWish, assessment: Assessment, deps: RequestDeps): Promise<Accepted> {
  const target = { candidateIds: wish.candidateIds, postingId: assessment.posting?.id ?? null }
  for (let attempt = 1; ; attempt += 1) {
    const partition = await partitionCandidates(wish.organization, target, deps)
    try {
      return await ExportModel.db.transaction((session) => insert(wish, assessment, partition, session), {
        writeConcern: { w: 'majority', j: true },
      })
    } catch (error) {
      if (!isDuplicateKey(error) || attempt === TRIES) throw error
    }
  }
}

/** Inserts everything in one transaction, so that a request that fails halfway leaves nothing and can be repeated. */
async function insert(
  wish: BulkWish,
  assessment: Assessment,
  { accepted, rejected }: Partition,
  session: ClientSession,
): Promise<Accepted> {
  const template = exportTemplate(wish, assessment)
  const { organization, requestedBy, posting, onDuplicate } = template
  const made = new ExportBatchModel({
    organization,
    requestedBy,
    posting,
    onDuplicate,
    total: accepted.length,
  }).toObject<ExportBatchDocument>()
  const batch = { ...made, rejected, createdAt: new Date() }
  await ExportBatchModel.collection.insertOne(batch, { session })
  const exports = accepted.map(({ id }) => ({
    ...template,
    _id: new Types.ObjectId(),
    batch: batch._id,
    candidate: new Types.ObjectId(id),
    openKey: openKeyOf(id, assessment.posting?.id ?? null),
  }))
  if (exports.length > 0) await ExportModel.collection.insertMany(exports, { session })
  return {
    batch,
    exports: exports.map(({ _id, candidate }) => ({ exportId: String(_id), candidateId: String(candidate) })),
  }
}
