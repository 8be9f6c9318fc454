import { setTimeout as sleep } from 'node:timers/promises'
import { isValidObjectId, Types, type ClientSession } from 'mongoose'
import type { Entered } from '../candidates/erased-people.ts'
import { ServiceError } from '../errors.ts'
import { claimWork, heartbeat, LeaseLost } from '../work/claim.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import { beginErasure, type ErasureWish } from './begin-erasure.ts'
import { erasedAmong, erasedCandidatesAmong, liftErasures } from './erased-people.ts'
import type { ErasureDeps } from './erasure-deps.ts'
import { ErasureModel, type ErasureDocument } from './erasure-model.ts'
import { listErasures } from './erasure-view.ts'
import { findPerson } from './find-person.ts'
import { candidatesOfOpportunity, goneFromLever, isLastOfItsContact, isOfErased } from './lever-told.ts'
import { runErasure } from './run-erasure.ts'

const ERASURES_AT_ONCE = 4
/** How long to wait, beyond its lease, for a worker that began the first pass. */
const WAIT_MS = 10_000
const LOOK_EVERY_MS = 20
const LOOK_AT_CALLS_EVERY_MS = 100
const STILL_RUNNING = 'The erasure was accepted, but is not complete yet.'
const ASK_AGAIN = 'It continues automatically. Send the same request again to wait for it.'

export type Erasures = ReturnType<typeof createErasures>

/** Forgets people everywhere, with a receipt, and keeps a suppression list of keyed hashes only. */
export function createErasures(deps: ErasureDeps) {
  const { hashKeyOf } = deps.accounts

  /**
   * Resolves when the first pass through all collections is done. Work under way is forgotten when it ends.
   * @returns the erasure's id, if there is one
   */
  async function erase(wish: ErasureWish): Promise<Types.ObjectId | null> {
    const id = await beginErasure(deps, wish)
    if (!id) return null
    const erasure = { _id: id, organization: wish.organization }
    const running = await findRunning(erasure)
    if (running) await deps.stopPosting(await findPerson(running, deps)) // before this resolves, even if a worker's pass takes longer
    await passOnce(deps, erasure)
    return id
  }

  async function eraseAll(organization: string, candidateIds: string[], cause: ErasureWish['cause']): Promise<void> {
    for (const candidateId of candidateIds) await erase({ organization, candidateId, cause, actor: 'lever' })
  }

  return {
    /**
     * Erases a candidate that is deleted here. Resolves when nothing about the person is on its way to Lever: by then
     * each call has taken effect, or its answer is overdue. May be repeated, even after the candidate is gone.
     */
    async eraseCandidate(organization: string, candidateId: string, actor: string): Promise<void> {
      if (!isValidObjectId(candidateId)) return
      const id = await erase({ organization, candidateId, cause: 'candidate_deleted', actor })
      if (id) await untilNothingIsPosted(deps, { _id: id, organization })
    },
    /** Called when Lever shows the contact as anonymized. May be repeated. */
    async opportunityAnonymized(organization: string, opportunityId: string): Promise<void> {
      await eraseAll(organization, await candidatesOfOpportunity(deps, organization, opportunityId), 'anonymized_in_lever')
    },
    /**
     * Called when Lever lists the opportunity as deleted. Erases the person if the setting was already on at that
     * time and Lever has no other opportunity of them. May be repeated.
     */
    async opportunityDeleted(organization: string, opportunityId: string): Promise<void> {
      if (!(await isLastOfItsContact(deps, organization, opportunityId))) return
      const candidateIds = await candidatesOfOpportunity(deps, organization, opportunityId)
      await eraseAll(organization, await goneFromLever(deps, organization, candidateIds, opportunityId), 'deleted_in_lever')
    },
    among: (organization: string, keys: readonly string[]) => erasedAmong(hashKeyOf, organization, keys),
    lift: (organization: string, entered: readonly Entered[], session: ClientSession) =>
      liftErasures(hashKeyOf, organization, entered, session),
    candidatesAmong: erasedCandidatesAmong,
    /** True if a Lever opportunity is about somebody who was erased, and about no other candidate. */
    hasErased: (organization: string, opportunityId: string) => isOfErased(deps, organization, opportunityId),
    list: listErasures,
    /** Starts a worker that continues unfinished erasures until it is stopped. */
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

interface ErasureKey {
  _id: Types.ObjectId
  organization: string
}

/**
 * Makes the pass now, unless a worker has begun it. In that case it waits for that worker, and takes over if the
 * worker has stopped.
 */
async function passOnce(deps: ErasureDeps, { _id, organization }: ErasureKey): Promise<void> {
  const { leaseMs } = deps
  const notYet = { _id, organization: new Types.ObjectId(organization), passes: 0 }
  const deadline = performance.now() + leaseMs + WAIT_MS
  while (await ErasureModel.exists(notYet)) {
    if (performance.now() > deadline) throw new ServiceError('storage_unavailable', STILL_RUNNING, { hint: ASK_AGAIN })
    const [claimed] = await claimWork<ErasureDocument>(ErasureModel, { statuses: ['running'], match: notYet, atMost: 1, leaseMs })
    try {
      await (claimed ? runErasure(claimed, deps) : sleep(LOOK_EVERY_MS))
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
    }
  }
}

/** Waits no longer than a call may take, since no new call begins. */
async function untilNothingIsPosted(deps: ErasureDeps, erasure: ErasureKey): Promise<void> {
  for (;;) {
    const running = await findRunning(erasure)
    if (!running || !(await deps.isPosting(await findPerson(running, deps)))) return
    await sleep(LOOK_AT_CALLS_EVERY_MS)
  }
}

async function findRunning(erasure: ErasureKey): Promise<ErasureDocument | null> {
  return ErasureModel.findOne({ ...erasure, status: 'running' }).lean<ErasureDocument>()
}
