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

/** All that the dialog shows before **Export**. */
export interface ExportQuestion {
  /** With all who were chosen, so that sending names those who no longer exist. */
  wishes: ExportWishes
  /** The first of them, who are shown. */
  candidates: CandidateView[]
  /** How many of the chosen exist. */
  total: number
  /** How many of the chosen no longer exist. */
  gone: number
  offer: JobOffer
  /** Why this person may export nobody. */
  blocker: ExportBlocker | null
  /** What else stands in the way, the target or the candidate. */
  problems: Problem[]
  /** Of one candidate; null where Lever could not be asked in time. */
  preview: PreviewView | null
  /** Of several candidates: what has been seen of those who are shown; null where that could not be told. */
  many: BulkPreviewView | null
}

/** Somebody waits for the dialog: what Lever has not said by then is checked when it is sent. */
const PATIENCE_MS = 5000
/** Of a long selection the first ones are shown and looked up; all are checked when they are sent. */
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

/** Those who are candidates of this organization, in the order given. */
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
    // a posting that is newer than the last sync is asked of Lever, which may be out; that is told when it is sent
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
