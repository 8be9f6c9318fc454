import type { BulkRejection } from './bulk-rejection.ts'
import { ExportModel, openKeyOf } from '../export-model.ts'

/** The fields of a candidate that a bulk export needs. */
export interface BriefCandidate {
  id: string
  externalId: string | null
  name: string
  emails: string[]
  links: string[]
}

export interface PartitionDeps {
  /** Resolves to the candidates that exist. */
  findCandidates: (organization: string, ids: readonly string[]) => Promise<BriefCandidate[]>
  /** Resolves to the ids whose person was erased. */
  erasedCandidates: (organization: string, ids: readonly string[]) => Promise<Set<string>>
}

export interface Partition {
  accepted: BriefCandidate[]
  rejected: BulkRejection[]
}

/**
 * Splits these candidates into those that may be exported to the target and those that may not, in the given order, with a few look-ups for
 * all of them. If a candidate is named twice, the first one counts.
 */
export async function partitionCandidates(
  organization: string,
  { candidateIds, postingId }: { candidateIds: readonly string[]; postingId: string | null },
  deps: PartitionDeps,
): Promise<Partition> {
  const found = await deps.findCandidates(organization, candidateIds)
  const known = new Map(found.map((candidate) => [candidate.id, candidate]))
  const missing = candidateIds.filter((id) => !known.has(id))
  const [erased, taken] = await Promise.all([
    missing.length > 0 ? deps.erasedCandidates(organization, missing) : new Set<string>(),
    takenAmong(organization, [...known.keys()], postingId),
  ])
  const partition: Partition = { accepted: [], rejected: [] }
  for (const candidateId of candidateIds) {
    const candidate = known.get(candidateId)
    if (!candidate) partition.rejected.push({ candidateId, code: erased.has(candidateId) ? 'erased' : 'candidate_not_found' })
    else if (taken.has(candidateId)) partition.rejected.push({ candidateId, code: 'already_exported' })
    else {
      taken.add(candidateId)
      partition.accepted.push(candidate)
    }
  }
  return partition
}

async function takenAmong(organization: string, ids: readonly string[], postingId: string | null): Promise<Set<string>> {
  const byKey = new Map(ids.map((id) => [openKeyOf(id, postingId), id]))
  const open = await ExportModel.find({ organization, openKey: { $in: [...byKey.keys()] } }, { openKey: 1 }).lean<{ openKey: string }[]>()
  return new Set(open.flatMap(({ openKey }) => byKey.get(openKey) ?? []))
}
