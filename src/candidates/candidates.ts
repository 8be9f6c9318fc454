import type { Publish } from '../events/domain-events.ts'
import type { Clearance } from '../accounts/clearance.ts'
import { ServiceError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { OrderedPageRequest, Page } from '../paging.ts'
import { claimWork, heartbeat } from '../work/claim.ts'
import { startWorker, type Worker } from '../work/worker.ts'
import { CandidateImportModel, type CandidateImportDocument } from './candidate-import-model.ts'
import type { CandidateInput } from './candidate-input.ts'
import type { CandidateDocument } from './candidate-model.ts'
import { candidateView, type CandidateView, type ExportSummary } from './candidate-view.ts'
import type { ErasedPeople } from './erased-people.ts'
import {
  getImport,
  getRejectedCsv,
  importFile,
  withReceivedFile,
  type ImportOptions,
  type ImportStart,
  type ReceivedFile,
} from './import-file.ts'
import { dropImportFilesOf, dropOrphanedFiles } from './import-files.ts'
import { forgetInImports } from './forget-in-imports.ts'
import { applyLeverState, isAnyInLeverAs, linkedAmong, linkedTo, noteExport, noteExports, unlinkOpportunity } from './lever-state.ts'
import { findBriefly, findCandidates, findIds, findIdsInStages, listCandidates } from './list-candidates.ts'
import type { CandidateFilters } from './list-conditions.ts'
import { importEndNoter, type ImportEnd } from './note-import-end.ts'
import { previewCsv } from './preview-csv.ts'
import { renewCandidateKeys } from './renew-candidate-keys.ts'
import { runImport } from './run-import.ts'
import type { WatchStages } from './stage-entries.ts'
import { findCandidate, forgetCandidate, getCandidate, imagineCandidate, patchCandidate, saveCandidate } from './save-candidate.ts'

export interface CandidateDeps {
  /** Returns the status of exports by id. Exports that no longer exist are left out. */
  readExports: (organization: string, exportIds: string[]) => Promise<Map<string, ExportSummary>>
  /** Returns those of the Lever posting ids that are known and not confidential. */
  readPublicPostings: (organization: string, postingIds: readonly string[]) => Promise<ReadonlySet<string>>
  publish: Publish
  erased: ErasedPeople
  /** Returns the watch on the stages that candidates enter. */
  watchStages: WatchStages
  leaseMs: number
  log: Log
  /** For metrics: called for each import that has ended. */
  observeImport?: ((outcome: ImportEnd['outcome']) => void) | undefined
}

/** How many long files one process reads at a time, which bounds its memory. */
const IMPORTS_AT_ONCE = 1

export type Candidates = ReturnType<typeof createCandidates>

function postingsOf(candidates: readonly CandidateDocument[]): string[] {
  return candidates.flatMap(({ lever }) => lever?.postings ?? [])
}

/** Candidates of all organizations. Every function takes the organization id first. */
export function createCandidates({
  readExports,
  readPublicPostings,
  publish,
  erased,
  watchStages,
  leaseMs,
  log,
  observeImport,
}: CandidateDeps) {
  const noteEnd = importEndNoter(log, observeImport)
  async function toViews(organization: string, candidates: CandidateDocument[], clearance: Clearance): Promise<CandidateView[]> {
    const ids = candidates.flatMap(({ lastExport }) => lastExport?.toHexString() ?? [])
    const exports = ids.length > 0 ? await readExports(organization, ids) : new Map<string, ExportSummary>()
    const viewer = clearance === 'all' ? clearance : { publicPostings: await readPublicPostings(organization, postingsOf(candidates)) }
    return candidates.map((candidate) => candidateView(candidate, viewer, exports.get(String(candidate.lastExport))))
  }
  async function toView(organization: string, candidate: CandidateDocument, clearance: Clearance): Promise<CandidateView> {
    const [view] = await toViews(organization, [candidate], clearance)
    return view as CandidateView
  }
  /**
   * Imports a short file before it resolves, and leaves a longer one to a worker.
   * @throws ServiceError `invalid_request` without a usable header row
   */
  const importReceived = (organization: string, file: ReceivedFile, { actor, allowErased = false }: ImportOptions): Promise<ImportStart> =>
    importFile(organization, file, { actor, erased, allowErased, watchStages, noteEnd })

  return {
    /**
     * Creates a candidate, or updates the one with the same `externalId`.
     * @throws ServiceError `invalid_request`, `erased` unless `allowErased`
     */
    async create(
      organization: string,
      input: CandidateInput,
      clearance: Clearance,
      { allowErased = false } = {},
    ): Promise<{ candidate: CandidateView; created: boolean }> {
      const { candidate, created } = await saveCandidate(organization, input, { erased, allowErased, watchStages })
      return { candidate: await toView(organization, candidate, clearance), created }
    },
    /** @throws ServiceError `not_found` */
    get: async (organization: string, id: string, clearance: Clearance): Promise<CandidateView> =>
      toView(organization, await getCandidate(organization, id), clearance),
    /** Returns the stored candidate, or null if there is none. */
    find: findCandidate,
    /** Returns the candidates that exist, in the order of the ids. */
    findMany: async (organization: string, ids: readonly string[], clearance: Clearance): Promise<CandidateView[]> =>
      toViews(organization, await findCandidates(organization, ids), clearance),
    findBriefly,
    findIds,
    findIdsInStages,
    /**
     * Returns what `create` would make of the input, without writing. `id` is that of the candidate it would update.
     * @throws ServiceError `invalid_request`
     */
    imagine: (organization: string, input: CandidateInput) => imagineCandidate(organization, input, erased),
    /** @throws ServiceError `not_found`, `invalid_request`, `external_id_taken`, `erased` unless `allowErased` */
    patch: async (
      organization: string,
      id: string,
      input: CandidateInput,
      clearance: Clearance,
      { allowErased = false } = {},
    ): Promise<CandidateView> =>
      toView(organization, await patchCandidate(organization, id, input, { erased, allowErased, watchStages }), clearance),
    /**
     * Removes a candidate and everything that other parts keep about it.
     * @throws ServiceError `not_found` if it is gone, after completing an interrupted removal
     */
    async remove(organization: string, id: string, actor: string): Promise<void> {
      const isHere = (await findCandidate(organization, id)) !== null
      await publish('candidateRemoved', { organization, candidateId: id, actor })
      if (!isHere) throw new ServiceError('not_found', 'There is no such candidate.')
      await forgetCandidate(organization, id)
    },
    /**
     * Removes only the candidate itself; may be repeated.
     * @returns the number removed
     */
    forget: forgetCandidate,
    list: async (
      organization: string,
      filters: CandidateFilters,
      clearance: Clearance,
      request: OrderedPageRequest,
    ): Promise<Page<CandidateView>> => {
      const { data, nextCursor } = await listCandidates(organization, filters, clearance, request)
      return { data: await toViews(organization, data, clearance), nextCursor }
    },

    /**
     * Reads a CSV file and imports it.
     * @throws ServiceError `invalid_request` without a usable header row; what `chunks` throws
     */
    importFile: (organization: string, chunks: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportStart> =>
      withReceivedFile(organization, chunks, (file) => importReceived(organization, file, options)),
    withReceivedFile,
    importReceived,
    getImport,
    getRejectedCsv,
    previewCsv,
    /** Starts a worker that imports longer files until it is stopped. */
    startImportWorker: (pollMs: number): Worker =>
      startWorker<CandidateImportDocument>({
        name: 'candidate imports',
        atOnce: IMPORTS_AT_ONCE,
        pollMs,
        leaseMs,
        claim: (atMost) => claimWork<CandidateImportDocument>(CandidateImportModel, { statuses: ['running'], atMost, leaseMs }),
        keep: (claimed) => heartbeat(CandidateImportModel, claimed, leaseMs),
        run: (claimed) => runImport(claimed, { erased, watchStages, noteEnd }),
        log,
      }),
    renewKeys: renewCandidateKeys,
    forgetInImports,
    /** For a job. */
    dropOrphanedFiles,
    /** For an organization that is deleted. */
    dropImportFilesOf,

    applyLeverState,
    unlinkOpportunity,
    linkedTo,
    linkedAmong,
    isAnyInLeverAs,
    noteExport,
    noteExports,
  }
}
