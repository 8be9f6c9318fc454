import { clearanceOf } from '../../../accounts/clearance.ts'
import type { PersonCaller } from '../../../accounts/caller.ts'
import type { Candidates } from '../../../candidates/candidates.ts'
import type { CandidateView } from '../../../candidates/candidate-view.ts'
import { isServiceError, messageWithHint } from '../../../errors.ts'
import type { Exports } from '../../../export/exports.ts'
import type { BulkPreviewView } from '../../../export/bulk/preview-bulk.ts'
import { offerJobs, type JobOffer, type JobsDeps } from './export-jobs.ts'
import type { FindExportBlocker, ExportBlocker } from './export-blocker.ts'
import type { Problem } from './export-problem.tsx'
import type { ExportWishes } from './export-wish.ts'
import type { PreviewView } from '../../../export/request/preview-export.ts'

export interface QuestionDeps {
  exports: Pick<Exports, 'assess' | 'preview' | 'previewBulk'>
  candidates: Pick<Candidates, 'findMany' | 'findBriefly' | 'find'>
  mirror: JobsDeps
  findExportBlocker: FindExportBlocker
}

/** Everything that the dialog shows before **Export**. */
export interface ExportQuestion {
  /** Includes all selected ids, so that sending can name candidates that no longer exist. */
  wishes: ExportWishes
  /** The first candidates, which are shown. */
  candidates: CandidateView[]
  /** How many of the selected candidates exist. */
  total: number
  /** How many of the selected candidates no longer exist. */
  gone: number
  offer: JobOffer
  /** Why this person cannot export anything. */
  blocker: ExportBlocker | null
  /** Other obstacles, from the target or the candidate. */
  problems: Problem[]
  /** For a single candidate; null if Lever did not answer in time. */
  preview: PreviewView | null
  /** For several candidates: what was found for those that are shown; null if that could not be determined. */
  many: BulkPreviewView | null
}

/** A person waits for the dialog; what Lever has not answered by then is checked on sending. */
const PATIENCE_MS = 5000
/** From a long selection, only the first candidates are shown and looked up; all are checked on sending. */
const MOST_SHOWN = 50

/** Gathers what an export of these candidates would do. Writes nothing. */
export async function askBeforeExport(person: PersonCaller, wishes: ExportWishes, deps: QuestionDeps): Promise<ExportQuestion> {
  const { organization } = person
  const clearance = clearanceOf(person)
  const ids = await idsHere(organization, wishes.candidateIds, deps)
  const candidates = await deps.candidates.findMany(organization, ids.slice(0, MOST_SHOWN), clearance)
  const [only] = wishes.candidateIds.length === 1 ? candidates : []
  const [offer, blocker, preview, many] = await Promise.all([
    offerJobs(organization, wishes, clearance, deps.mirror),
    deps.findExportBlocker(person),
    only ? previewInTime(person, wishes, only, deps) : null,
    only ? null : previewMany(person, wishes, candidates, deps),
  ])
  const told = preview ?? many
  const problems = told ? told.problems : await targetProblems(person, wishes, deps)
  const rest = blocker ? problems.filter(isNotOf(blocker)) : problems
  return {
    wishes,
    candidates,
    total: ids.length,
    gone: wishes.candidateIds.length - ids.length,
    offer,
    blocker,
    preview,
    many,
    problems: rest,
  }
}

/** Resolves to the ids that are candidates of this organization, in the given order. */
async function idsHere(organization: string, ids: readonly string[], { candidates }: QuestionDeps): Promise<string[]> {
  const here = new Set((await candidates.findBriefly(organization, ids)).map(({ id }) => id))
  return ids.filter((id) => here.has(id))
}

function isNotOf({ problem }: ExportBlocker) {
  return ({ code }: Problem): boolean => code !== problem.code
}

async function previewInTime(
  person: PersonCaller,
  { postingId, requisitionId, onDuplicate }: ExportWishes,
  { id }: CandidateView,
  { exports, candidates }: QuestionDeps,
): Promise<PreviewView | null> {
  const { organization, email } = person
  const candidate = await candidates.find(organization, id)
  const clearance = clearanceOf(person)
  const wish = { organization, candidateId: id, candidate, requestedBy: email, postingId, requisitionId, clearance }
  const previewed = exports.preview({ ...wish, onDuplicate }).catch((error: unknown) => {
    if (isServiceError(error) && (error.status >= 500 || error.code === 'connection_not_active')) return null
    throw error
  })
  return Promise.race([previewed, patience()])
}

function patience(): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null).unref())
}

async function targetProblems(
  person: PersonCaller,
  { postingId, requisitionId }: ExportWishes,
  { exports }: QuestionDeps,
): Promise<Problem[]> {
  try {
    const { problems } = await exports.assess({
      organization: person.organization,
      requestedBy: person.email,
      postingId,
      requisitionId,
      clearance: clearanceOf(person),
    })
    return problems.map((problem) => ({ code: problem.code, detail: messageWithHint(problem) }))
  } catch (error) {
    // a posting newer than the last sync is read from Lever, which may be down; sending reports that
    if (isServiceError(error) && error.status >= 500) return []
    throw error
  }
}

async function previewMany(
  person: PersonCaller,
  { postingId, requisitionId }: ExportWishes,
  candidates: readonly CandidateView[],
  { exports }: QuestionDeps,
): Promise<BulkPreviewView | null> {
  const candidateIds = candidates.map(({ id }) => id)
  const { organization, email } = person
  const wish = { organization, candidateIds, requestedBy: email, postingId, requisitionId, clearance: clearanceOf(person) }
  return exports.previewBulk(wish).catch((error: unknown) => {
    if (isServiceError(error) && error.status >= 500) return null
    throw error
  })
}
