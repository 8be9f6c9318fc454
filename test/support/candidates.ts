import { CandidateModel, type CandidateLeverState } from '../../src/candidates/candidate-model.ts'
import { createCandidates, type Candidates } from '../../src/candidates/candidates.ts'
import { createLog } from '../../src/log.ts'
import { nobodyErased } from './nobody-erased.ts'
import { toNobody } from './domain-events.ts'

/** Candidates without the rest of the service: nobody was exported or erased, and no rule watches. */
export function candidatesAlone(): Candidates {
  return createCandidates({
    readPublicPostings: async (_organization: string, ids: readonly string[]) => new Set(ids),
    readExports: async () => new Map(),
    publish: toNobody,
    erased: nobodyErased,
    watchStages: async () => null,
    leaseMs: 15_000,
    log: createLog({ level: 'silent' }),
  })
}

/** Links a candidate to its opportunity as a landed export does, without an export. */
export async function linkToLever(organization: string, candidateId: string, lever: CandidateLeverState): Promise<void> {
  const change = { $set: { lever, leverChangedAt: new Date() } }
  await CandidateModel.updateOne({ _id: candidateId, organization }, change, { timestamps: false })
}
