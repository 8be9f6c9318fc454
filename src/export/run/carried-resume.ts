import type { Types } from 'mongoose'
import { LeverCallError } from '../../lever/lever-call-error.ts'
import type { LeverUpload } from '../../lever/opportunities.ts'
import type { CarriedCandidate, CarriedResume } from '../request/create-request.ts'
import type { ExportDocument, ExportResume } from '../export-model.ts'
import { describeFailure } from './lever-failure.ts'
import type { ExportDeps } from './run-export-deps.ts'

/** Answers that may be about the file: the same request without it may be taken. */
const REFUSALS: ReadonlySet<number | null> = new Set([400, 413, 415, 422])
/** "File took too long to upload" (Lever's API documentation; status assumed). Whether it took effect is found out first. */
const TOO_SLOW = 408
/** A call that stays unclear so often with the file is made without it: it must not cost the export. */
const UNCLEAR_TRIES = 3

/** The résumé that goes along: none where this very file was refused or is missing. */
export function resumeToSend({ resume }: Pick<ExportDocument, 'resume'>, candidate: CarriedCandidate): CarriedResume | null {
  const current = candidate.resume ?? null
  const isGivenUp = resume?.status === 'refused' || resume?.status === 'missing'
  return isGivenUp && String(resume.file) === String(current?.file) ? null : current
}

/** Null where the file is not there any more. */
export async function uploadOf(
  organization: string,
  { file, filename, contentType }: CarriedResume,
  deps: Pick<ExportDeps, 'readResume'>,
): Promise<LeverUpload | null> {
  const bytes = await deps.readResume(organization, file)
  return bytes && { filename, contentType, bytes }
}

/** Whether Lever refused a call with a file, and did nothing, for what may be the file's sake. */
export function isResumeRefusal(error: unknown): boolean {
  return error instanceof LeverCallError && REFUSALS.has(error.httpStatus)
}

/** What is kept of a file that Lever refused. */
export function refusedResume({ file }: CarriedResume, error: unknown): ExportResume {
  return { status: 'refused', file, detail: describeFailure(error), unclear: 0 }
}

/** What is kept of a file whose call came out unclear: unless that call turns out to have worked, it counts against the file. */
export function doubtedResume({ resume }: Pick<ExportDocument, 'resume'>, { file }: CarriedResume, error: unknown): ExportResume {
  const before = resume && String(resume.file) === String(file) ? resume.unclear : 0
  const isTooSlow = error instanceof LeverCallError && error.httpStatus === TOO_SLOW
  const isGivenUp = isTooSlow || before + 1 >= UNCLEAR_TRIES
  return { status: isGivenUp ? 'refused' : null, file, detail: describeFailure(error), unclear: before + 1 }
}

/** What is kept of a file that could not be read here. */
export function missingResume(file: Types.ObjectId): ExportResume {
  return { status: 'missing', file, detail: 'Fulcrum could not read the file. Upload it again, then export.', unclear: 0 }
}

export const SENT_RESUME: ExportResume = { status: 'sent', file: null, detail: null, unclear: 0 }
