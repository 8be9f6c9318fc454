import { Types } from 'mongoose'
import type { Clearance } from '../../accounts/clearance.ts'
import { csvLine } from '../../csv-cell.ts'
import { rejectedRow } from './bulk-rejection.ts'
import type { ExportBatchDocument } from './export-batch-model.ts'
import { ExportModel, type ExportDocument } from '../export-model.ts'
import { exportViews, type ExportView, type ExportViewDeps } from '../export-view.ts'
import type { PartitionDeps } from './partition-candidates.ts'

const COLUMNS = [
  'candidateId', 'externalId', 'name', 'status', 'target', 'opportunityId', 'url', 'stage', 'duplicateOf', 'waitingFor', 'errorCode', 'errorDetail', 'finishedAt',
] as const // prettier-ignore
type Line = Partial<Record<(typeof COLUMNS)[number], string | null>>
const READ_AT_ONCE = 500

/** Yields a line for each export of a batch in its current state, in the order of the request, then one for each refused row. */
export async function* batchResultCsv(
  batch: ExportBatchDocument,
  clearance: Clearance,
  deps: Pick<PartitionDeps, 'findCandidates'> & ExportViewDeps,
): AsyncGenerator<string> {
  yield csvLine([...COLUMNS])
  const organization = String(batch.organization)
  let after = new Types.ObjectId('0'.repeat(24))
  for (;;) {
    const ofBatch = { organization: batch.organization, batch: batch._id, _id: { $gt: after } }
    const exports = await ExportModel.find(ofBatch).sort({ _id: 1 }).limit(READ_AT_ONCE).lean<ExportDocument[]>()
    const last = exports.at(-1)
    if (!last) break
    after = last._id
    yield* await linesOf(organization, await exportViews(exports, clearance, deps), deps)
  }
  for (const one of batch.rejected.map(rejectedRow)) {
    yield toCsv({ candidateId: one.candidateId, status: 'rejected', errorCode: one.code, errorDetail: one.detail })
  }
}

async function linesOf(organization: string, exports: ExportView[], deps: Pick<PartitionDeps, 'findCandidates'>): Promise<string[]> {
  const found = await deps.findCandidates(organization, exports.map(({ candidateId }) => candidateId)) // prettier-ignore
  const byId = new Map(found.map((candidate) => [candidate.id, candidate]))
  return exports.map((view) => {
    const { candidateId, status, target, opportunityId, url, stage, duplicateOf, waitingFor, error, finishedAt } = view
    const candidate = byId.get(candidateId)
    return toCsv({
      candidateId, status, opportunityId, url, duplicateOf, waitingFor, finishedAt,
      externalId: candidate?.externalId ?? null,
      name: candidate?.name ?? null,
      target: target.kind === 'general' ? 'general' : (target.title ?? target.postingId),
      stage: stage?.text ?? stage?.id ?? null,
      errorCode: error?.code ?? null,
      errorDetail: error?.detail ?? null,
    }) // prettier-ignore
  })
}

function toCsv(line: Line): string {
  return csvLine(COLUMNS.map((column) => line[column] ?? ''))
}
