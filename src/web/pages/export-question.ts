import type { PersonCaller } from '../../accounts/caller.ts'
import type { Candidates } from '../../candidates/candidates.ts'
import type { CandidateView } from '../../candidates/candidate-view.ts'
import { isServiceError } from '../../errors.ts'
import type { Exports } from '../../export/exports.ts'
import { withoutConfidentialDetails, type Duplicate } from '../../export/find-duplicates.ts'
import { offerJobs, type JobOffer, type JobsDeps } from './export-jobs.ts'
import type { FindObstacle, Obstacle } from './export-obstacle.ts'
import type { Problem } from './export-problem.tsx'
import type { ExportWishes } from './export-wish.ts'
import type { PreviewView } from '../../export/preview-export.ts'

export interface QuestionDeps {
  exports: Pick<Exports, 'assess' | 'preview'>
  candidates: Pick<Candidates, 'findMany' | 'find'>
  mirror: JobsDeps
  /** Opportunities of a person as last seen, without asking Lever. */
  seenInLever: (organization: string, person: { emails: string[]; links: string[] }) => Promise<Duplicate[]>
  findObstacle: FindObstacle
}

/** All that the dialog shows before **Export**. */
export interface ExportQuestion {
  wishes: ExportWishes
  candidates: CandidateView[]
  offer: JobOffer
  /** Why this person may export nobody. */
  obstacle: Obstacle | null
  /** What else stands in the way, the target or the candidate. */
  problems: Problem[]
  /** Of one candidate; null where Lever could not be asked in time. */
  preview: PreviewView | null
  /** Of several candidates, by their ids: what has been seen of them. */
  seen: Map<string, Duplicate[]>
}

/** Somebody waits for the dialog: what Lever has not said by then is checked when it is sent. */
const PATIENCE_MS = 5000
/** Of a long selection the first ones are looked up; all are checked when they are sent. */
const MOST_LOOKED_UP = 50

/** Gathers what an export of these candidates would do. Writes nothing. */
export async function askBeforeExport(person: PersonCaller, wishes: ExportWishes, deps: QuestionDeps): Promise<ExportQuestion> {
  const { organization } = person
  const candidates = await deps.candidates.findMany(organization, wishes.candidateIds)
  const [only] = candidates.length === 1 ? candidates : []
  const [offer, obstacle, preview, seen] = await Promise.all([
    offerJobs(organization, wishes, deps.mirror),
    deps.findObstacle(person),
    only ? previewInTime(person, wishes, only, deps) : null,
    only ? new Map() : lookUpAll(person, candidates, deps),
  ])
  const problems = preview ? preview.problems : await targetProblems(person, wishes, deps)
  return { wishes, candidates, offer, obstacle, preview, seen, problems: obstacle ? problems.filter(isNotOf(obstacle)) : problems }
}

function isNotOf({ problem }: Obstacle) {
  return ({ code }: Problem): boolean => code !== problem.code
}

/** With `create`, so that the request is shown also where somebody is in Lever already. */
async function previewInTime(
  { organization, email, role }: PersonCaller,
  { postingId, requisitionId }: ExportWishes,
  { id }: CandidateView,
  { exports, candidates }: QuestionDeps,
): Promise<PreviewView | null> {
  const candidate = await candidates.find(organization, id)
  const showConfidential = role === 'admin'
  const wish = { organization, candidateId: id, candidate, requestedBy: email, postingId, requisitionId, showConfidential }
  const previewed = exports.preview({ ...wish, onDuplicate: 'create' }).catch((error: unknown) => {
    if (isServiceError(error) && (error.status >= 500 || error.code === 'connection_not_active')) return null
    throw error
  })
  return Promise.race([previewed, patience()])
}

function patience(): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null).unref())
}

async function targetProblems(
  { organization, email }: PersonCaller,
  { postingId, requisitionId }: ExportWishes,
  { exports }: QuestionDeps,
): Promise<Problem[]> {
  try {
    const { problems } = await exports.assess({ organization, requestedBy: email, postingId, requisitionId })
    return problems.map(({ code, message, hint }) => ({ code, detail: [message, hint].filter(Boolean).join(' ') }))
  } catch (error) {
    // a posting that is newer than the last sync is asked of Lever, which may be out; that is told when it is sent
    if (isServiceError(error) && error.status >= 500) return []
    throw error
  }
}

async function lookUpAll(
  { organization, role }: PersonCaller,
  candidates: CandidateView[],
  { seenInLever }: QuestionDeps,
): Promise<Map<string, Duplicate[]>> {
  const looked = await Promise.all(
    candidates.slice(0, MOST_LOOKED_UP).map(async ({ id, emails, links }): Promise<[string, Duplicate[]]> => {
      const found = await seenInLever(organization, { emails, links })
      return [id, role === 'admin' ? found : found.map(withoutConfidentialDetails)]
    }),
  )
  return new Map(looked)
}
