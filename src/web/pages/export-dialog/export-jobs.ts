import type { Clearance } from '../../../accounts/clearance.ts'
import type { Mirror } from '../../../mirror/mirror.ts'
import type { PostingView, RequisitionView } from '../../../mirror/mirrored-lists.ts'

export type JobsDeps = Pick<Mirror, 'listPostings' | 'findPosting' | 'listRequisitions'>

/** So many are offered without searching. */
const MOST_JOBS = 500
const MOST_REQUISITIONS = 500

export interface JobOffer {
  jobs: PostingView[]
  /** There are more that fit the search. */
  hasMore: boolean
  requisitions: RequisitionView[]
}

/** The open jobs, the chosen one among them, and the requisitions that go with it; without a job all open ones. */
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

/** Open jobs, each word of `q` in their title, location, team or a requisition's code. */
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
