import type { Types } from 'mongoose'
import { LeverCallError } from '../../lever/lever-call-error.ts'
import type { LeverUpload } from '../../lever/opportunities.ts'
import type { CarriedCandidate, CarriedResume } from '../request/create-request.ts'
import type { ExportDocument, ExportResume } from '../export-model.ts'
import { describeFailure } from './lever-failure.ts'
import type { ExportDeps } from './run-export-deps.ts'

/** Statuses of answers that may be about the file, so that Lever may accept the same request without it. */
const REFUSALS: ReadonlySet<number | null> = new Set([400, 413, 415, 422])
/** "File took too long to upload" (Lever's API documentation; status assumed). Fulcrum first finds out whether the call took effect. */
const TOO_SLOW = 408
/** After this many unclear calls with the file, the call is made without it, so that a file cannot make an export fail. */
const UNCLEAR_TRIES = 3

/** Returns the résumé to send with the export; null if there is none, or if this file was refused or is missing. */
export function resumeToSend({ resume }: Pick<ExportDocument, 'resume'>, candidate: CarriedCandidate): CarriedResume | null {
  const current = candidate.resume ?? null
  const isGivenUp = resume?.status === 'refused' || resume?.status === 'missing'
  return isGivenUp && String(resume.file) === String(current?.file) ? null : current
}

/** Resolves to null if the file no longer exists. */
export async function uploadOf(
  organization: string,
  { file, filename, contentType }: CarriedResume,
  deps: Pick<ExportDeps, 'readResume'>,
): Promise<LeverUpload | null> {
  const bytes = await deps.readResume(organization, file)
  return bytes && { filename, contentType, bytes }
}

/** True if Lever refused a call with a file, did nothing, and the file may be the reason. */
export function isResumeRefusal(error: unknown): boolean {
  return error instanceof LeverCallError && REFUSALS.has(error.httpStatus)
}

/** Returns what an export stores about a file that Lever refused. */
export function refusedResume({ file }: CarriedResume, error: unknown): ExportResume {
  return { status: 'refused', file, detail: describeFailure(error), unclear: 0 }
}

/**
 * Returns what an export stores about a file after an unclear call. The call counts against the file unless it turns out to have worked.
 */
export function doubtedResume({ resume }: Pick<ExportDocument, 'resume'>, { file }: CarriedResume, error: unknown): ExportResume {
  const before = resume && String(resume.file) === String(file) ? resume.unclear : 0
  const isTooSlow = error instanceof LeverCallError && error.httpStatus === TOO_SLOW
  const isGivenUp = isTooSlow || before + 1 >= UNCLEAR_TRIES
  return { status: isGivenUp ? 'refused' : null, file, detail: describeFailure(error), unclear: before + 1 }
}

/** Returns what an export stores about a file that could not be read here. */
export function missingResume(file: Types.ObjectId): ExportResume {
  return { status: 'missing', file, detail: 'Fulcrum could not read the file. Upload it again, then export.', unclear: 0 }
}

export const SENT_RESUME: ExportResume = { status: 'sent', file: null, detail: null, unclear: 0 }
