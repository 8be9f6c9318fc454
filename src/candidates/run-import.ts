import type { ClientSession, QueryFilter } from 'mongoose'
import { isServiceError, ServiceError } from '../errors.ts'
import { heldBy, LeaseLost, type Claimed } from '../work/claim.ts'
import { writeStep } from '../work/write-step.ts'
import { CandidateImportModel, type CandidateImportDocument } from './candidate-import-model.ts'
import type { ErasedPeople } from './erased-people.ts'
import { readBatches } from './import-csv.ts'
import { dropFile, hasFile, readFile } from './import-files.ts'
import { keepRejections } from './import-rejections.ts'
import { importRows, type RowsOutcome } from './import-rows.ts'
import type { NoteImportEnd } from './note-import-end.ts'
import { oneAhead } from './one-ahead.ts'
import type { WatchStages } from './stage-entries.ts'

export interface RunImportDeps {
  erased: ErasedPeople
  watchStages: WatchStages
  noteEnd: NoteImportEnd
}

/** An import that so many workers took up and none ended, ends as failed. */
const MOST_CLAIMS = 25

/**
 * Reads the rest of a kept file. Each batch of rows and the progress are written together, so that whoever goes on after a
 * kill counts no row twice.
 * @throws LeaseLost when another worker has taken it over; what else is thrown leaves it to be taken up again
 */
export async function runImport(claimed: Claimed<CandidateImportDocument>, deps: RunImportDeps): Promise<void> {
  const { file, linesDone, allowErased } = claimed.document
  const { erased, watchStages } = deps
  const failure = await failureOf(claimed)
  if (failure) return finish(claimed, { status: 'failed', error: { code: failure.code, detail: failure.message } }, deps)
  try {
    for await (const { rows, lastLine } of oneAhead(readBatches(readFile(file), linesDone))) {
      await importRows(claimed.document.organization.toHexString(), rows, { erased, allowErased, watchStages }, (outcome, session) =>
        saveProgress(claimed, lastLine, outcome, session),
      )
    }
  } catch (error) {
    if (!isServiceError(error, 'invalid_request')) throw error
    return finish(claimed, { status: 'failed', error: { code: error.code, detail: error.message } }, deps)
  }
  return finish(claimed, { status: 'finished', error: null }, deps)
}

async function failureOf({ document }: Claimed<CandidateImportDocument>): Promise<ServiceError | null> {
  if (document.fence > MOST_CLAIMS) return new ServiceError('internal_error', 'The import broke off too often.')
  if (await hasFile(document.file)) return null
  return new ServiceError('internal_error', 'The file is not there any more: send it again.')
}

async function saveProgress(
  claimed: Claimed<CandidateImportDocument>,
  linesDone: number,
  outcome: RowsOutcome,
  session: ClientSession,
): Promise<void> {
  const { created, updated, rejected } = outcome
  const written = await CandidateImportModel.updateOne(
    heldBy(claimed) as QueryFilter<CandidateImportDocument>,
    {
      $set: { linesDone },
      $inc: { created, updated, rejectedCount: rejected.length },
    },
    { session },
  )
  if (written.matchedCount === 0) throw new LeaseLost(String(claimed.document._id))
  await keepRejections(claimed.document, rejected, session)
}

type End = { status: 'finished' | 'failed'; error: CandidateImportDocument['error'] }

async function finish(claimed: Claimed<CandidateImportDocument>, end: End, { noteEnd }: RunImportDeps): Promise<void> {
  const ended = await writeStep(CandidateImportModel, claimed, { set: end, now: ['finishedAt'], release: 'never' })
  const { _id, organization, created, updated, rejectedCount: rejected } = ended
  const code = end.error?.code ? { code: end.error.code } : {}
  noteEnd({ organization: String(organization), import: String(_id), outcome: end.status, created, updated, rejected, ...code })
  await dropFile(ended.file)
}
