import { createHash } from 'node:crypto'
import { Types } from 'mongoose'
import { ServiceError } from '../errors.ts'
import { CandidateModel, type CandidateDocument, type CandidateResume } from './candidate-model.ts'
import {
  dropOrphanedResumes,
  dropResumeFile,
  dropAllResumesOf,
  dropResumesOf,
  dropUnfinishedResumes,
  keepResumeFile,
  readResumeFile,
} from './resume-files.ts'
import { claimedType, resumeFilename } from './resume-filename.ts'
import { detectResumeType, RESUME_TYPES, type ResumeExtension } from './resume-type.ts'
import { getCandidate } from './save-candidate.ts'

export const LARGEST_RESUME_BYTES = 10 * 1024 * 1024

export interface WholeResume {
  resume: CandidateResume
  bytes: Uint8Array<ArrayBuffer>
}

export type Resumes = ReturnType<typeof createResumes>

/** Résumés of candidates in GridFS, at most one per candidate. Every function takes the organization id first. */
export function createResumes() {
  return {
    put: putResume,
    get: getResume,
    remove: removeResume,
    read: readResumeFile,
    /**
     * Called before a candidate is removed.
     * @returns the number of files
     */
    dropOf: dropResumesOf,
    /** For an organization that is deleted. */
    dropAllOf: dropAllResumesOf,
    /**
     * Deletes what killed processes left behind. For a job.
     * @returns the number of files
     */
    dropOrphaned: async (now?: Date): Promise<number> => (await dropOrphanedResumes(now)) + (await dropUnfinishedResumes(now)),
  }
}

/**
 * Stores a candidate's résumé in place of an existing one. The new file is durable before the candidate points to it,
 * and the old one is deleted last.
 * @throws ServiceError `not_found`, `invalid_request` for an empty file, `unsupported_media_type`; what `upload`
 * throws
 */
async function putResume(
  organization: string,
  candidateId: string,
  upload: () => Promise<{ filename: string | null; pieces: AsyncIterable<Uint8Array> }>,
): Promise<void> {
  await getCandidate(organization, candidateId)
  const { filename: given, pieces } = await upload()
  const bytes = await collect(pieces)
  const type = await typeOf(bytes, given)
  const about = {
    filename: resumeFilename(given, type),
    contentType: RESUME_TYPES[type],
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
  const file = await keepResumeFile({ organization, candidate: candidateId, ...about, bytes })
  const resume: CandidateResume = { file, ...about, size: bytes.length, uploadedAt: new Date() }
  const before = await pointTo(organization, candidateId, resume).catch(async (error: unknown) => {
    await dropResumeFile(file).catch(() => undefined) // otherwise the next sweep deletes it
    throw error
  })
  if (before.resume) await dropResumeFile(before.resume.file)
}

/** @throws ServiceError `not_found`, also for a candidate without a résumé */
async function getResume(organization: string, candidateId: string): Promise<WholeResume> {
  // a file that is replaced between the two reads has another id afterwards
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const { resume } = await getCandidate(organization, candidateId)
    if (!resume) break
    const bytes = await readResumeFile(organization, resume.file)
    if (bytes) return { resume, bytes }
  }
  throw new ServiceError('not_found', 'The candidate has no résumé.', { hint: 'Add one with PUT.' })
}

/** @throws ServiceError `not_found`, also for a candidate without a résumé */
async function removeResume(organization: string, candidateId: string): Promise<void> {
  const before = await pointTo(organization, candidateId, null)
  if (!before.resume) throw new ServiceError('not_found', 'The candidate has no résumé.')
  await dropResumeFile(before.resume.file)
}

/**
 * Resolves to the candidate before the change.
 * @throws ServiceError `not_found` if it is gone
 */
async function pointTo(organization: string, candidateId: string, resume: CandidateResume | null): Promise<CandidateDocument> {
  const before = Types.ObjectId.isValid(candidateId)
    ? await CandidateModel.findOneAndUpdate({ _id: candidateId, organization }, { $set: { resume } }).lean<CandidateDocument>()
    : null
  if (!before) throw new ServiceError('not_found', 'There is no such candidate.')
  return before
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

/** The content decides. Plain text matches almost any bytes, so its name must not claim another type. */
async function typeOf(bytes: Uint8Array, filename: string | null): Promise<ResumeExtension> {
  if (bytes.length === 0) {
    throw new ServiceError('invalid_request', 'The file is empty.', { errors: [{ path: 'file', message: 'is empty' }] })
  }
  const type = await detectResumeType(bytes)
  const claimed = claimedType(filename)
  if (type !== null && (type !== 'txt' || claimed === null || claimed === 'txt')) return type
  const message =
    type === 'txt' ? 'The file is plain text, but its name has another extension.' : 'The file is not a PDF, DOC, DOCX or plain text file.'
  throw new ServiceError('unsupported_media_type', message, {
    hint: 'Send the résumé as PDF, DOC, DOCX or TXT. Fulcrum checks the content, not the file name.',
  })
}
