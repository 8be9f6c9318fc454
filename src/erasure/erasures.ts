import { setTimeout as sleep } from 'node:timers/promises'
import type { Types } from 'mongoose'
import { claimWork, heartbeat, LeaseLost } from '../work/claim.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import { beginErasure, type ErasureWish } from './begin-erasure.ts'
import { erasedAmong, erasedCandidatesAmong, liftErasure } from './erased-people.ts'
import type { ErasureDeps } from './erasure-deps.ts'
import { ErasureModel, type ErasureDocument } from './erasure-model.ts'
import { listErasures } from './erasure-view.ts'
import { candidatesOfOpportunity, goneFromLever, isLastOfItsContact } from './lever-told.ts'
import { findPerson, runErasure } from './run-erasure.ts'

const ERASURES_AT_ONCE = 4
/** Who asks waits this long for the first pass; then it goes on without them. */
const WAIT_MS = 10_000
const LOOK_EVERY_MS = 20

export type Erasures = ReturnType<typeof createErasures>

/** Forgets people everywhere, with a receipt, and remembers by keyed hashes alone whom not to take in again. */
export function createErasures(deps: ErasureDeps) {
  const { hashKeyOf } = deps.accounts

  /** Resolves when all collections were gone through once; what runs is forgotten when it has ended. */
  async function erase(wish: ErasureWish): Promise<void> {
    const id = await beginErasure(deps, wish)
    if (!id) return
    const running = await ErasureModel.findOne({ _id: id, status: 'running' }).lean<ErasureDocument>()
    if (running) await deps.stopPosting(await findPerson(running, deps)) // before the answer, also where a worker's pass takes longer
    await runOnce(deps, id)
  }

  async function eraseAll(organization: string, candidateIds: string[], cause: ErasureWish['cause']): Promise<void> {
    for (const candidateId of candidateIds) await erase({ organization, candidateId, cause, actor: 'lever' })
  }

  return {
    /** A candidate is deleted here. May be repeated. */
    eraseCandidate: (organization: string, candidateId: string, actor: string) =>
      erase({ organization, candidateId, cause: 'candidate_deleted', actor }),
    /** Lever shows the contact as anonymized. May be told again. */
    async opportunityAnonymized(organization: string, opportunityId: string): Promise<void> {
      await eraseAll(organization, await candidatesOfOpportunity(deps, organization, opportunityId), 'anonymized_in_lever')
    },
    /** Lever lists the opportunity as deleted: erases, if that was set before, whom Lever has no other opportunity of. May be told again. */
    async opportunityDeleted(organization: string, opportunityId: string): Promise<void> {
      if (!(await isLastOfItsContact(deps, organization, opportunityId))) return
      const candidateIds = await candidatesOfOpportunity(deps, organization, opportunityId)
      await eraseAll(organization, await goneFromLever(deps, organization, candidateIds, opportunityId), 'deleted_in_lever')
    },
    among: (organization: string, keys: readonly string[]) => erasedAmong(hashKeyOf, organization, keys),
    lift: (organization: string, keys: readonly string[]) => liftErasure(hashKeyOf, organization, keys),
    candidatesAmong: erasedCandidatesAmong,
    list: listErasures,
    /** Takes up what was not ended, until stopped. */
    startWorker: (pollMs: number): Worker =>
      startWorker<ErasureDocument>({
        name: 'erasures',
        atOnce: ERASURES_AT_ONCE,
        pollMs,
        leaseMs: deps.leaseMs,
        claim: (atMost) => claimWork<ErasureDocument>(ErasureModel, { statuses: ['running'], atMost, leaseMs: deps.leaseMs }),
        keep: (claimed) => heartbeat(ErasureModel, claimed, deps.leaseMs),
        run: (claimed) => runErasure(claimed, deps),
        log: deps.log,
      }),
  }
}

/** Here and now, unless a worker was quicker: then its pass is waited for. */
async function runOnce(deps: ErasureDeps, _id: Types.ObjectId): Promise<void> {
  const { leaseMs } = deps
  const [claimed] = await claimWork<ErasureDocument>(ErasureModel, { statuses: ['running'], match: { _id }, atMost: 1, leaseMs })
  try {
    if (claimed) return await runErasure(claimed, deps)
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
  }
  const deadline = performance.now() + WAIT_MS
  while (performance.now() < deadline && (await ErasureModel.exists({ _id, passes: 0 }))) await sleep(LOOK_EVERY_MS)
}
