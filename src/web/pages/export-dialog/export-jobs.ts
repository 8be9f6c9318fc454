import type { Clearance } from '../../../accounts/clearance.ts'
import type { Mirror } from '../../../mirror/mirror.ts'
import type { PostingView, RequisitionView } from '../../../mirror/mirrored-lists.ts'

export type JobsDeps = Pick<Mirror, 'listPostings' | 'findPosting' | 'listRequisitions'>

/** Maximum offered without searching. */
const MOST_JOBS = 500
const MOST_REQUISITIONS = 500

export interface JobOffer {
  jobs: PostingView[]
  /** More jobs match the search. */
  hasMore: boolean
  requisitions: RequisitionView[]
}

/** Resolves to the open jobs, including the chosen one, and the requisitions that belong to it; without a job, all open requisitions. */
export async function offerJobs(
  organization: string,
  wish: { postingId?: string | undefined; jobSearch?: string | undefined },
  clearance: Clearance,
  mirror: JobsDeps,
): Promise<JobOffer> {
  const { postingId, jobSearch } = wish
  const [found, requisitions, chosen] = await Promise.all([
    searchJobs(organization, jobSearch ?? '', clearance, mirror),
    mirror.listRequisitions(organization, clearance, { limit: MOST_REQUISITIONS }),
    postingId === undefined ? null : mirror.findPosting(organization, postingId, clearance),
  ])
  const isListed = chosen === null || found.jobs.some(({ id }) => id === chosen.id)
  return {
    jobs: isListed ? found.jobs : [chosen, ...found.jobs],
    hasMore: found.hasMore,
    requisitions: requisitions.data.filter((requisition) => goesWith(requisition, chosen)),
  }
}

/** Resolves to the open jobs that have each word of `q` in their title, location, team or a requisition's code. */
export async function searchJobs(organization: string, q: string, clearance: Clearance, mirror: Pick<Mirror, 'listPostings'>) {
  const { data, nextCursor } = await mirror.listPostings(organization, { open: true, q }, clearance, { limit: MOST_JOBS })
  return { jobs: data, hasMore: nextCursor !== null }
}

function goesWith(requisition: RequisitionView, job: PostingView | null): boolean {
  if (requisition.status !== 'open') return false
  if (job === null) return true
  const { requisitionCode, postings } = requisition
  return postings.includes(job.id) || (requisitionCode !== null && job.requisitionCodes.includes(requisitionCode))
}
