import { z } from 'zod'
import type { CandidateDocument, CandidateLeverState, CandidateResume } from './candidate-model.ts'

/** A candidate's newest export, as lists show it. */
export interface ExportSummary {
  id: string
  status: string
}

const instant = z.iso.datetime()

export const CandidateLeverView = z
  .object({
    confidential: z.boolean().meta({ description: 'For a sourcer, the other fields of a confidential record are null.' }),
    opportunityId: z.string().nullable(),
    url: z.string().nullable(),
    stage: z.object({ id: z.string().nullable(), text: z.string().nullable() }),
    postings: z.array(z.string()).meta({ description: "Lever's posting ids. Sourcers see only postings known not to be confidential." }),
    archived: z.object({ reason: z.string().nullable(), reasonText: z.string().nullable(), archivedAt: instant.nullable() }).nullable(),
    owner: z.string().nullable().meta({ description: "Lever's user id." }),
    updatedAt: instant.nullable(),
  })
  .meta({ id: 'CandidateInLever', description: 'The opportunity in Lever as last read there.' })

export const CandidateResumeView = z
  .object({
    filename: z.string(),
    size: z.int().meta({ description: 'Bytes.' }),
    contentType: z.string().meta({ description: 'Determined from the content.' }),
    sha256: z.string().meta({ description: 'Hexadecimal.' }),
    uploadedAt: instant,
  })
  .meta({ id: 'CandidateResume' })

export const CandidateView = z
  .object({
    id: z.string(),
    externalId: z.string().optional(),
    name: z.string(),
    headline: z.string().optional(),
    location: z.string().optional(),
    emails: z.array(z.string()),
    phones: z.array(z.object({ type: z.string().optional(), value: z.string() })),
    links: z.array(z.string()),
    tags: z.array(z.string()),
    summary: z.string().optional(),
    project: z.string().optional(),
    stage: z.string().optional(),
    profileUrl: z.string().optional(),
    resume: CandidateResumeView.optional(),
    export: z.object({ id: z.string(), status: z.string() }).optional().meta({ description: 'The newest export; null if there is none.' }),
    lever: CandidateLeverView.optional(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Candidate' })

export type CandidateView = z.output<typeof CandidateView>

/** What a viewer may see: everything, or only these Lever postings and nothing confidential. */
export type CandidateViewer = 'all' | { publicPostings: ReadonlySet<string> }

/** Returns the candidate in API form, limited to what the viewer may see. Unknown fields are left out. */
export function candidateView(candidate: CandidateDocument, viewer: CandidateViewer, newestExport?: ExportSummary): CandidateView {
  const { externalId, headline, location, summary, project, stage, profileUrl } = candidate
  return {
    id: candidate._id.toHexString(),
    ...present({ externalId }),
    name: candidate.name,
    ...present({ headline, location }),
    emails: candidate.emails,
    phones: candidate.phones.map(({ type, value }) => ({ ...present({ type }), value })),
    links: candidate.links,
    tags: candidate.tags,
    ...present({ summary, project, stage, profileUrl }),
    ...(candidate.resume ? { resume: resumeView(candidate.resume) } : {}),
    ...(newestExport ? { export: newestExport } : {}),
    ...(candidate.lever ? { lever: leverView(candidate.lever, viewer) } : {}),
    createdAt: candidate.createdAt.toISOString(),
    updatedAt: changedAt(candidate, viewer).toISOString(),
  }
}

/** Changes to an opportunity that the viewer may not see do not count. */
function changedAt({ updatedAt, lever, leverChangedAt }: CandidateDocument, viewer: CandidateViewer): Date {
  const isHidden = (lever?.confidential ?? false) && viewer !== 'all'
  return leverChangedAt && !isHidden && leverChangedAt > updatedAt ? leverChangedAt : updatedAt
}

function resumeView({ filename, size, contentType, sha256, uploadedAt }: CandidateResume): CandidateView['resume'] {
  return { filename, size, contentType, sha256, uploadedAt: uploadedAt.toISOString() }
}

const HIDDEN: CandidateView['lever'] = {
  confidential: true,
  opportunityId: null,
  url: null,
  stage: { id: null, text: null },
  postings: [],
  archived: null,
  owner: null,
  updatedAt: null,
}

function leverView(state: CandidateLeverState, viewer: CandidateViewer): CandidateView['lever'] {
  const confidential = state.confidential ?? false
  if (confidential && viewer !== 'all') return HIDDEN
  const { archived } = state
  return {
    confidential,
    opportunityId: state.opportunityId,
    url: state.url ?? null,
    stage: { id: state.stage?.id ?? null, text: state.stage?.text ?? null },
    postings: viewer === 'all' ? state.postings : state.postings.filter((id) => viewer.publicPostings.has(id)),
    archived: archived
      ? { reason: archived.reason ?? null, reasonText: archived.reasonText ?? null, archivedAt: archived.archivedAt?.toISOString() ?? null }
      : null,
    owner: state.owner ?? null,
    updatedAt: state.updatedAt?.toISOString() ?? null,
  }
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> }

function present<T extends Record<string, string | null | undefined>>(fields: T): Present<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  ) as Present<T>
}
